import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findMigration, readMigrationNamed } from './find-migration.ts';
import { listMigrations } from './list-migrations.ts';

const folder = { cwd: '', directory: 'migrations' };
beforeEach(async () => {
  folder.cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-'));
  await mkdir(join(folder.cwd, 'migrations'));
});
afterEach(() => rm(folder.cwd, { recursive: true }));

const at = (path: string) => join(folder.cwd, path);
const rename = (name: string) =>
  `version: 1\nname: ${name}\noperations: [{ rename_column: { table: t, from: a, to: b } }]\n`;
const price = `version: 1
name: price
backfill: { workers: 8 }
operations:
  - change_column_type: { table: t, column: price, type: bigint, to: price_cents, end_as: price }
  - change_column_type: { table: u, column: price, type: bigint, end_as: price }
`;
const write = (path: string, text: string) => writeFile(at(path), text);

it.each([
  ['a path', 'elsewhere.yaml', 'elsewhere.yaml'],
  ['a file’s name', 'by-file', 'migrations/by-file.yml'],
  ['the name inside a file', 'inside', 'migrations/0001.yaml'],
  ['the name inside a module', 'coded', 'migrations/0002.mjs'],
  ['a broken file', 'broken', 'migrations/broken.yaml'],
])('finds %s', async (_, wanted, path) => {
  await write('elsewhere.yaml', rename('x'));
  await write('migrations/by-file.yml', rename('by-file'));
  await write('migrations/0001.yaml', rename('inside'));
  await write('migrations/0002.mjs', `export default { name: 'coded' };`);
  await write('migrations/broken.yaml', 'a: [');
  expect(await findMigration(wanted, folder)).toEqual({ path: at(path), suffix: null });
});

it('finds what follows a migration, and derives it', async () => {
  await write('migrations/0003.yaml', price);
  expect(await findMigration('price/end-as', folder)).toEqual({ path: at('migrations/0003.yaml'), suffix: 'end-as' });
  const next = await readMigrationNamed('price/end-as', folder);
  expect(next).toMatchObject({ name: 'price/end-as', after: ['price'], backfill: { workers: 8 } });
  expect(next.document.operations.map((o) => o['rename_column'])).toEqual([
    expect.objectContaining({ from: 'price_cents', to: 'price' }),
    expect.objectContaining({ to: 'price' }),
  ]);
  expect(next.operations.map((o) => o.kind)).toEqual(['rename_column', 'rename_column']);
});

it('says what does follow when a suffix is wrong', async () => {
  await write('migrations/price.yaml', price);
  await expect(readMigrationNamed('price/end', folder)).rejects.toMatchObject({
    code: 'MIGRATION_NOT_FOUND',
    details: { near: ['price/end-as'] },
  });
});

it('suggests names that are near', async () => {
  await write('migrations/user-preferences.yaml', rename('user-preferences'));
  await expect(findMigration('user-preferense', folder)).rejects.toMatchObject({
    code: 'MIGRATION_NOT_FOUND',
    details: { near: ['user-preferences'] },
  });
});

it('finds nothing in a folder that is not there', async () => {
  await expect(findMigration('x', { ...folder, directory: 'none' })).rejects.toMatchObject({
    code: 'MIGRATION_NOT_FOUND',
    details: { near: [] },
  });
});

it('refuses a name that fits two files', async () => {
  await write('migrations/a.yaml', rename('b'));
  await write('migrations/b.yaml', rename('b'));
  await expect(findMigration('b', folder)).rejects.toMatchObject({
    code: 'USAGE',
    details: { paths: ['migrations/b.yaml', 'migrations/a.yaml'] },
  });
});

it('lists all, with what follows, and reports what cannot be read', async () => {
  await write('migrations/a.yaml', price);
  await write('migrations/b.yaml', 'version: 1');
  await write('migrations/c.yaml', rename('price'));
  await write('migrations/notes.txt', 'x');
  const { migrations, unreadable } = await listMigrations(folder);
  expect(migrations.map((m) => [m.migration.name, m.suffix])).toEqual([
    ['price', null],
    ['price/end-as', 'end-as'],
  ]);
  expect(unreadable.map(({ path, error }) => [path, error.code])).toEqual([
    [at('migrations/b.yaml'), 'MIGRATION_INVALID'],
    [at('migrations/c.yaml'), 'MIGRATION_INVALID'],
  ]);
});
