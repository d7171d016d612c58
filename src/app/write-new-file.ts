import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LockkeeperError } from '../errors.ts';

/** Writes a file and the folders above it; what is there already is not touched unless `force` says so. */
export async function writeNewFile(path: string, text: string, { force = false } = {}): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { flag: force ? 'w' : 'wx' }).catch((cause: unknown) => {
    throw cause instanceof Error && 'code' in cause && cause.code === 'EEXIST' ? fileExists(path, cause) : cause;
  });
}

export const fileExists = (path: string, cause?: unknown) =>
  new LockkeeperError('FILE_EXISTS', {
    message: `${path} is there already.`,
    hint: 'What a person wrote is never overwritten.',
    fix: 'Remove it first, or choose another name.',
    cause,
  });
