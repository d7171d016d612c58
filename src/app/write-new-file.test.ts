import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeNewFile } from './write-new-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockkeeper-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('replaces a file only when forced', async () => {
  const path = join(folder, 'a', 'b.txt');
  await writeNewFile(path, 'first');
  await expect(writeNewFile(path, 'second')).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  expect(await readFile(path, 'utf8')).toBe('first');
  await writeNewFile(path, 'third', { force: true });
  expect(await readFile(path, 'utf8')).toBe('third');
});

it('says which file cannot be written', async () => {
  const path = join(folder, 'file', 'below.txt');
  await writeNewFile(join(folder, 'file'), 'no folder');
  for (const at of [path, folder])
    await expect(writeNewFile(at, 'text', { force: true })).rejects.toMatchObject({
      code: 'FILE_NOT_WRITTEN',
      message: `${at} cannot be written.`,
    });
});
