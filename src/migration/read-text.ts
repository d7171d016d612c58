import { readFile } from 'node:fs/promises';
import { fileNotReadable } from './errors.ts';
import type { Flaw } from './source.ts';

/** A file's text, or what is wrong with its bytes. */
export async function readText(path: string): Promise<{ readonly text: string; readonly flaw: Flaw | null }> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw fileNotReadable(path, cause);
  });
  const text = decode(bytes);
  if (text !== null) return { text, flaw: null };
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const before = validPrefix(bytes);
  return {
    text: before,
    flaw: {
      offset: before.length,
      message: utf16 ? 'The file is UTF-16, not UTF-8.' : 'From here on the file is not UTF-8.',
      suggestion: 'Save it as UTF-8.',
    },
  };
}

function decode(bytes: Uint8Array, stream = false): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
  } catch {
    return null;
  }
}

/** The longest beginning that decodes, found by halving. */
function validPrefix(bytes: Uint8Array): string {
  let [good, bad] = [0, bytes.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decode(bytes.subarray(0, middle), true) === null) bad = middle;
    else good = middle;
  }
  return decode(bytes.subarray(0, good), true) ?? '';
}
