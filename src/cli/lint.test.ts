import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fakeTerminal } from '../../test/support/fake-terminal.ts';
import { runProgram } from './program.ts';

let cwd = '';
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-lint-'));
  await mkdir(join(cwd, 'migrations'));
  const files = {
    'migrations/1.sql': 'CREATE TABLE a (name varchar(10));\n',
    'migrations/2.sql': 'ALTER TABLE a ALTER name TYPE text;\nCREATE INDEX i ON a (name);\n',
    'migrations/3.sql': 'DROP VIEW v;\n',
    'broken.sql': 'SELEC 1',
    'lockkeeper.yaml': 'lint:\n  pg: 17\n  rules: { drop-object: info }\n',
  };
  for (const [path, text] of Object.entries(files)) await writeFile(join(cwd, path), text);
});
afterAll(() => rm(cwd, { recursive: true }));

async function run(...argv: string[]) {
  const terminal = fakeTerminal({ cwd, input: () => Promise.resolve('DROP TABLE a') });
  await runProgram(['lint', ...argv], terminal, '1');
  const { printed, said, exits } = terminal;
  return { out: printed.join('\n'), err: said.join('\n'), code: exits.at(-1) };
}

const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).out) as Record<string, unknown>;

it('judges a folder by its history', async () => {
  const { out, code } = await run('migrations');
  expect(out).toContain('migrations/2.sql:2:1  error  create-index-non-concurrent');
  expect(out).toContain('    CREATE INDEX i ON a (name);\n    ^^^^^^^^^^^^^^^^^^^^^^^^^^');
  expect(out).toContain('    CREATE INDEX CONCURRENTLY i ON a (name);');
  expect(out).toContain('1 error, 1 for information in 3 files, read as plain SQL files, for PostgreSQL 17.');
  expect(code).toBe(1);
});

it('prints the documented JSON', async () => {
  expect(await json('migrations/2.sql', 'broken.sql')).toMatchObject({
    schema: 'lockkeeper.lint/1',
    files: [
      { path: 'broken.sql', findings: [], error: { line: 1, column: 1 } },
      {
        path: 'migrations/2.sql',
        findings: [
          { rule: 'alter-column-type', line: 1, column: 15, endLine: 1, endColumn: 35 },
          { rule: 'create-index-non-concurrent', lock: 'SHARE' },
        ],
        error: null,
      },
    ],
    summary: { files: 2, errors: 2, warnings: 0, infos: 0, unreadable: 1, pg: 17, pgAssumed: false },
  });
});

it('says where a schema is no SQL', async () => {
  const { err, code } = await run('migrations/1.sql', '--schema', 'broken.sql');
  expect(err).toMatch(/broken\.sql:1:1 is no SQL: syntax error/u);
  expect(code).toBe(2);
});

it('exits by what it found', async () => {
  expect((await run('migrations/1.sql')).code).toBe(0);
  expect((await run('migrations/3.sql')).code).toBe(0);
  expect((await run('migrations/3.sql', '--fail-on', 'info')).code).toBe(1);
  expect((await run('broken.sql')).code).toBe(2);
  expect((await run('nowhere.sql')).code).toBe(2);
  expect((await run('migrations', '--latest', '1')).code).toBe(0);
  expect((await run('migrations/2.sql', '--disable', 'create-index-non-concurrent,alter-column-type')).code).toBe(0);
});

it('reads stdin', async () => expect((await run('--stdin')).out).toContain('stdin:1:1  error  drop-table'));

it('explains a rule', async () => {
  expect((await run('--explain', 'set-not-null')).out).toContain('ACCESS EXCLUSIVE');
  expect((await run('--explain', 'set-not-nul')).err).toContain('set-not-null');
  expect((await run('migrations', '--enable', 'no-such')).code).toBe(2);
});

it.each(['sarif', 'github', 'markdown', 'gitlab'])('prints %s', async (format) => {
  const { out } = await run('migrations', '--format', format);
  expect(out).toContain('create-index-non-concurrent');
  if (format === 'sarif' || format === 'gitlab') expect(() => JSON.parse(out) as unknown).not.toThrow();
});
