import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { init } from './init.ts';
import { newMigration } from './new-migration.ts';
import { validate } from './validate.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const schemaOf = async (file: string): Promise<string> => {
  const line = (await readFile(file, 'utf8')).split('\n')[0] ?? '';
  return resolve(dirname(file), line.replace('# yaml-language-server: $schema=', ''));
};

describe('init', () => {
  it('writes a configuration that is valid and says what the defaults are', async () => {
    const defaults = await readConfig({ cwd });
    const { config, migrations } = await init({ cwd });
    expect(await readConfig({ cwd })).toEqual({ ...defaults, file: config });
    expect((await stat(migrations)).isDirectory()).toBe(true);
  });

  it('copies the schema where the package is not installed', async () => {
    const { config } = await init({ cwd });
    const schema = await schemaOf(config);
    expect(schema).toBe(join(cwd, '.lockkeeper', 'config.schema.json'));
    expect(JSON.parse(await readFile(schema, 'utf8'))).toHaveProperty('properties.targets');
  });

  it('points to the installed schema, also in a folder above', async () => {
    const schema = join(cwd, 'node_modules', 'lockkeeper', 'schemas', 'config.schema.json');
    await mkdir(dirname(schema), { recursive: true });
    await writeFile(schema, '{}');
    const inside = join(cwd, 'packages', 'a');
    await mkdir(inside, { recursive: true });
    const { config } = await init({ cwd: inside });
    expect(await schemaOf(config)).toBe(schema);
  });

  it.each(['lockkeeper.yaml', 'lockkeeper.ts'])('does not overwrite %s', async (name) => {
    await writeFile(join(cwd, name), 'mine');
    await expect(init({ cwd })).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(await readFile(join(cwd, name), 'utf8')).toBe('mine');
  });

  it('says how to overwrite its own file, and makes no second configuration beside another', async () => {
    await init({ cwd });
    await expect(init({ cwd })).rejects.toMatchObject({ fix: 'To replace it: lockkeeper init --force' });
    await writeFile(join(cwd, 'lockkeeper.ts'), 'mine');
    await expect(init({ cwd, force: true })).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  });

  it('overwrites when forced', async () => {
    await writeFile(join(cwd, 'lockkeeper.yaml'), 'mine: [');
    await init({ cwd, force: true });
    expect(await readConfig({ cwd })).toMatchObject({ journalSchema: 'lockkeeper' });
  });
});

describe('new', () => {
  it.each(['user-preferences', '0042', '1e3', 'null', 'a'])('starts a valid migration called %s', async (name) => {
    const { path } = await newMigration({ cwd, name });
    expect(path).toBe(join(cwd, 'migrations', `${name}.yaml`));
    expect(await validate({ cwd, migration: name })).toMatchObject({ ok: true, name });
    expect(await schemaOf(path)).toBe(join(cwd, '.lockkeeper', 'migration.schema.json'));
  });

  it('writes into the configured folder, from anywhere in the project', async () => {
    await writeFile(join(cwd, 'lockkeeper.yaml'), 'migrations: db/changes');
    await mkdir(join(cwd, 'src'));
    const { path } = await newMigration({ cwd: join(cwd, 'src'), name: 'a' });
    expect(path).toBe(join(cwd, 'db/changes/a.yaml'));
  });

  it('does not overwrite, whatever the kind of file', async () => {
    await mkdir(join(cwd, 'migrations'));
    await writeFile(join(cwd, 'migrations', 'a.ts'), 'mine');
    await expect(newMigration({ cwd, name: 'a' })).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  });

  it.each(['A', '../a', '', 'a/b', 'x'.repeat(41)])('refuses the name %j', async (name) => {
    await expect(newMigration({ cwd, name })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('validate', () => {
  it('gives the kinds in order', async () => {
    await newMigration({ cwd, name: 'a' });
    expect(await validate({ cwd, migration: 'a' })).toEqual({
      schema: 'lockkeeper.validate/1',
      ok: true,
      name: 'a',
      operations: ['rename_column'],
      problems: [],
    });
  });

  it('gives mistakes as the result', async () => {
    await writeFile(join(cwd, 'a.yaml'), 'version: 1\nname: a\noperations: []\n');
    expect(await validate({ cwd, migration: 'a.yaml' })).toMatchObject({
      ok: false,
      name: null,
      problems: [{ file: 'a.yaml', line: 3, column: 13, path: 'operations' }],
    });
  });

  it('fails when there is no such migration', async () => {
    await expect(validate({ cwd, migration: 'gone' })).rejects.toMatchObject({ code: 'MIGRATION_NOT_FOUND' });
  });
});
