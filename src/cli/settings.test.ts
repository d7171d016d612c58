import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionFlags, readSettings } from './settings.ts';

let cwd = '';
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-settings-'));
  await writeFile(
    join(cwd, 'lockkeeper.yaml'),
    [
      'journal_schema: ops',
      'targets:',
      '  staging: { url: "${STAGING_URL}" }',
      '  production: { url: "postgres://u@prod/app", protected: true }',
    ].join('\n'),
  );
});
afterAll(() => rm(cwd, { recursive: true }));

const settings = (flags: ConnectionFlags, env: Record<string, string> = {}) => readSettings(flags, { cwd, env });
const hostOf = async (flags: ConnectionFlags, env: Record<string, string> = {}) =>
  (await settings(flags, env)).target.host;
const url = (host: string) => `postgres://u@${host}/app`;

describe('which database', () => {
  it('--target ignores DATABASE_URL', async () => {
    const env = { STAGING_URL: url('staging'), DATABASE_URL: url('other'), PGHOST: 'third' };
    expect(await hostOf({ target: 'staging' }, env)).toBe('staging');
  });

  it('--database-url beats every variable, DATABASE_URL beats PGHOST', async () => {
    const env = { DATABASE_URL: url('variable'), PGHOST: 'libpq' };
    expect(await hostOf({ databaseUrl: url('flag') }, env)).toBe('flag');
    expect(await hostOf({}, env)).toBe('variable');
    expect(await hostOf({}, { DATABASE_URL: '', PGHOST: 'libpq' })).toBe('libpq');
  });

  it('is never guessed', async () => {
    await expect(settings({}, { PGUSER: 'u', PGPASSWORD: 'secret' })).rejects.toMatchObject({
      code: 'NO_TARGET',
      fix: 'Name one: --target staging or --target production',
    });
  });

  it('cannot be two', async () => {
    await expect(settings({ target: 'staging', databaseUrl: url('x') })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('is protected however it is named', async () => {
    const isProtected = async (flags: ConnectionFlags) => (await settings(flags)).config.protected;
    expect(await isProtected({ target: 'production' })).toBe(true);
    expect(await isProtected({ databaseUrl: 'postgres://someone:else@prod:5432/app' })).toBe(true);
    expect(await isProtected({ databaseUrl: url('elsewhere') })).toBe(false);
  });
});

describe('the configuration', () => {
  it('gives the journal its schema, unless a flag does', async () => {
    expect((await settings({ databaseUrl: url('x') })).config.journalSchema).toBe('ops');
    expect((await settings({ databaseUrl: url('x'), journalSchema: 'j' })).config.journalSchema).toBe('j');
  });

  it('may be named, as a file or its folder', async () => {
    for (const config of [cwd, join(cwd, 'lockkeeper.yaml')]) {
      const found = await readSettings({ config, databaseUrl: url('x') }, { cwd: tmpdir(), env: {} });
      expect(found.config).toMatchObject({ journalSchema: 'ops', migrations: join(cwd, 'migrations'), cwd: tmpdir() });
    }
  });

  it('must be there when it is named', async () => {
    await writeFile(join(cwd, 'other.yaml'), '');
    await expect(settings({ config: 'missing.yaml' })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(settings({ config: 'other.yaml' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
