import { access, constants, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A whole file in one go: after a crash it has the old text or the new one. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const there = await realpath(path).catch(() => path); // behind a symbolic link
  const mode = await stat(there).then(
    (found) => found.mode,
    () => 0o666,
  );
  const beside = `${there}.${process.pid}.new`;
  try {
    const file = await open(beside, 'w', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, there);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** Removes what a killed process left beside a file it was writing. */
export async function removeLeftovers(path: string): Promise<void> {
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names) {
    const process = /\.(\d+)\.new$/u.exec(name)?.[1];
    if (process !== undefined && name.startsWith(`${basename(path)}.`) && !isRunning(Number(process)))
      await rm(join(dirname(path), name), { force: true });
  }
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

/** Also for an account that may do anything, a file marked read-only is not to be written. */
export async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return ((await stat(path)).mode & 0o222) !== 0;
  } catch {
    return false;
  }
}
