import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LockkeeperError } from '../errors.ts';
import { configJsonSchema, readConfig, resolveTarget } from './config.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const write = (text: string, name = 'lockkeeper.yaml') => writeFile(join(cwd, name), text);
const twoTargets = `targets:
  staging: { url: "\${STAGING_URL}" }
  production:
    url: postgres://me:\${PASSWORD}@\${HOST}/db
    protected: true
`;

it('has defaults without a file', async () => {
  expect(await readConfig({ cwd })).toEqual({
    root: cwd,
    file: null,
    migrations: join(cwd, 'migrations'),
    journalSchema: 'lockkeeper',
    targets: {},
    lint: { rules: {} },
    spec: {
      ...{ workspace: 'files:docs', update: false, labels: {} },
      notion: { parent: null, tasks: null, sprint: null, people: {} },
    },
  });
});

it.each([
  ['lockkeeper.yaml', 'migrations: db\njournal_schema: keeper\n'],
  ['lockkeeper.yml', '# only this\nmigrations: db\njournal_schema: keeper\n'],
  ['lockkeeper.json', '{"migrations":"db","journal_schema":"keeper"}'],
  ['lockkeeper.ts', `export default { migrations: 'db', journal_schema: 'keeper' as string };`],
])('finds %s in a folder above', async (name, text) => {
  await write(text, name);
  const below = join(cwd, 'a', 'b');
  await mkdir(below, { recursive: true });
  const expected = { root: cwd, file: join(cwd, name), migrations: join(cwd, 'db'), journalSchema: 'keeper' };
  expect(await readConfig({ cwd: below })).toMatchObject(expected);
});

it('takes an empty file as all defaults', async () => {
  await write('# nothing yet\n');
  expect(await readConfig({ cwd })).toMatchObject({ journalSchema: 'lockkeeper', targets: {} });
});

it('fills in the environment of the target asked for, and of no other', async () => {
  await write(twoTargets);
  const config = await readConfig({ cwd });
  expect(resolveTarget(config, 'staging', { STAGING_URL: 'postgresql://s/db' })).toEqual({
    name: 'staging',
    url: 'postgresql://s/db',
    protected: false,
  });
  expect(resolveTarget(config, 'production', { PASSWORD: '$&', HOST: 'h' })).toEqual({
    name: 'production',
    url: 'postgres://me:$&@h/db',
    protected: true,
  });
});

it('names the variable that is missing, and shows no other', async () => {
  await write(twoTargets);
  const config = await readConfig({ cwd });
  const error = caught(() => resolveTarget(config, 'production', { PASSWORD: 's3cret', STAGING_URL: 's3cret' }));
  expect(error).toMatchObject({
    code: 'CONFIG_INVALID',
    details: {
      problems: [
        {
          file: 'lockkeeper.yaml',
          line: 4,
          column: 10,
          path: 'targets.production.url',
          message: 'The environment variable HOST is not set.',
          suggestion: 'Set HOST.',
        },
      ],
    },
  });
  expect(everything(error)).not.toContain('s3cret');
});

it('refuses a variable that holds no address, without showing it', async () => {
  await write(twoTargets);
  const config = await readConfig({ cwd });
  const error = caught(() => resolveTarget(config, 'staging', { STAGING_URL: 's3cret' }));
  expect(error.message).toContain('Check STAGING_URL.');
  expect(everything(error)).not.toContain('s3cret');
});

it.each(['stagin', 'constructor'])('does not know the target %s', async (wanted) => {
  await write(twoTargets);
  const config = await readConfig({ cwd });
  expect(caught(() => resolveTarget(config, wanted, {}))).toMatchObject({ code: 'UNKNOWN_TARGET' });
});

it('says all mistakes at once', async () => {
  await write(`migration: db
journal_schema: pg_keeper
targets:
  a b: { url: postgres://x/y }
  c: { url: mysql://me:s3cret@h/db, protect: true }
  d: { url: "postgres://\${BAD-NAME}/db" }
  "postgres://me:s3cret@h/e": 1
  f: postgres://me:s3cret@h/f
`);
  const error = await readConfig({ cwd }).then(
    () => null,
    (e: unknown) => e as LockkeeperError,
  );
  expect(error?.message).toMatchInlineSnapshot(`
    "lockkeeper.yaml has 8 mistakes:
      lockkeeper.yaml:1:1 migration: Unknown key "migration". Did you mean "migrations"?
      lockkeeper.yaml:2:17 journal_schema: PostgreSQL keeps names that start with pg_ for itself.
      lockkeeper.yaml:4:3 targets.a b: A target’s name has letters, digits, - and _.
      lockkeeper.yaml:5:13 targets.c.url: Write postgres://user@host:port/database, or \${NAME} for an environment variable.
      lockkeeper.yaml:5:37 targets.c.protect: Unknown key "protect". Did you mean "protected"?
      lockkeeper.yaml:6:13 targets.d.url: Between \${ and } stands the name of an environment variable, and nothing else.
      lockkeeper.yaml:7:3 targets.postgres://me:***@h/e: A target’s name has letters, digits, - and _.
      lockkeeper.yaml:8:6 targets.f: Expected a mapping, found text."
  `);
  expect(everything(error)).not.toContain('s3cret');
});

it.each([
  'targets: { a: { url: postgres://me:s3cret@h/db } } }',
  'targets:\n  a:\n    url: "postgres://me:s3cret@h/db" x\n',
  'targets:\n  a:\n    url: |postgres://me:s3cret@h/db\n',
  'targets:\n  a:\n    url: *s3cret@h/db\n',
  'targets:\n  a:\n    url: "postgres://me:s3cret\\qs3cret@h/db"\n',
  'targets:\n  a: postgres://me:s3cret@h/db: x\n',
  'targets:\n  a:\n    url: [postgres://me:s3cret@h/db]\n',
])('never shows a password: %j', async (text) => {
  await write(text);
  const error = await readConfig({ cwd }).then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
  expect(everything(error)).not.toContain('s3cret');
});

it('refuses two files side by side', async () => {
  await write('');
  await write('{}', 'lockkeeper.json');
  await expect(readConfig({ cwd })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

it('is published as a JSON Schema: npx jiti scripts/build-schemas.ts writes it', async () => {
  const published = await readFile(new URL('../../schemas/config.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
});

function caught(work: () => unknown): LockkeeperError {
  try {
    work();
  } catch (error) {
    return error as LockkeeperError;
  }
  throw new Error('nothing was thrown');
}

const everything = (error: unknown): string =>
  error instanceof Error ? [error.message, error.stack, JSON.stringify(error), everything(error.cause)].join('\n') : '';
