import { mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LockkeeperError } from '../errors.ts';

/** Writes a file and the folders above it; what is there already is not touched unless `force` says so. */
export async function writeNewFile(path: string, text: string, { force = false } = {}): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (cause) {
    throw fileNotWritten(path, cause);
  }
  await writeFile(path, text, { flag: force ? 'w' : 'wx' }).catch((cause: unknown) => {
    throw codeOf(cause) === 'EEXIST' ? fileExists(path, cause) : fileNotWritten(path, cause);
  });
}

/** Another text for a file that is there, or that a link leads to: after a crash it has the old one or the new one. */
export async function replaceFile(named: string, text: string): Promise<void> {
  const path = await realpath(named);
  const beside = `${path}.${String(process.pid)}.new`;
  const { mode } = await stat(path);
  try {
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

const codeOf = (cause: unknown): unknown => (cause instanceof Error && 'code' in cause ? cause.code : cause);

const fileNotWritten = (path: string, cause: unknown) =>
  new LockkeeperError('FILE_NOT_WRITTEN', {
    message: `${path} cannot be written.`,
    hint: `The system says ${String(codeOf(cause))}.`,
    fix: 'Correct the path, or make the folder writable.',
    cause,
  });

export const fileExists = (path: string, cause?: unknown, fix = 'Remove it first, or choose another name.') =>
  new LockkeeperError('FILE_EXISTS', {
    message: `${path} is there already.`,
    hint: 'What a person wrote is never overwritten.',
    fix,
    cause,
  });
