import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe('what is no file', () => {
  beforeAll(async () => {
    await mkdir(join(cwd, 'odd', 'below'), { recursive: true });
    const inOdd = (name: string) => join(cwd, 'odd', name);
    await writeFile(inOdd('1.sql'), 'DROP TABLE a;');
    await writeFile(inOdd('below/4.sql'), 'DROP TABLE b;');
    await symlink('1.sql', inOdd('2.sql'));
    await symlink('gone.sql', inOdd('3.sql'));
    await symlink('circle.sql', inOdd('circle.sql'));
    await symlink('..', inOdd('below/loop'));
    await symlink('.', inOdd('loop.sql'));
    await symlink('me@here.1', inOdd('.#1.sql'));
    await symlink('gone.py', inOdd('gone.py'));
    execFileSync('mkfifo', [inOdd('pipe.sql'), inOdd('1.sql.conf')]);
    await symlink('pipe.sql', inOdd('to-pipe.sql'));
  });

  it('is named when its name should lead to one, and the rest is judged', async () => {
    const { files, summary } = (await json('odd')) as {
      files: { path: string; findings: { rule: string }[]; error: { message: string } | null }[];
      summary: Record<string, unknown>;
    };
    expect(files.map(({ path, findings, error }) => [path, findings.length, error?.message])).toEqual([
      ['odd/1.sql', 1, undefined],
      ['odd/2.sql', 1, undefined],
      ['odd/3.sql', 0, 'It cannot be read. The system says ENOENT.'],
      ['odd/below/4.sql', 1, undefined],
      ['odd/circle.sql', 0, 'It cannot be read. The system says ELOOP.'],
    ]);
    expect(summary).toMatchObject({ unreadable: 2, errors: 3 });
    const { out, code } = await run('odd', '--fix', '--diff');
    expect([out, code]).toEqual(['', 2]);
  });

  it('is not waited for', async () => {
    expect(await run('odd/pipe.sql')).toMatchObject({ code: 2 });
    expect((await run('odd/to-pipe.sql')).err).toContain('odd/to-pipe.sql is no file.');
    expect((await run('/dev/null')).err).toContain('/dev/null is no file.');
    expect((await run('odd/3.sql')).err).toContain('odd/3.sql cannot be read.');
  });
});

it('reads what a plan of Sqitch has in folders', async () => {
  const files = {
    'sqitch.plan': '%project=x\n\nz/table 2024-01-01T00:00:00Z A <a@b> # x\na/index 2024-01-02T00:00:00Z A <a@b> # x\n',
    'deploy/z/table.sql': 'CREATE TABLE t (a int);',
    'deploy/a/index.sql': 'CREATE INDEX i ON t (a);\nDROP TABLE u;',
    'revert/z/table.sql': 'DROP TABLE t;',
    'verify/a/index.sql': 'DROP TABLE v;',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, 'nested', path)), { recursive: true });
    await writeFile(join(cwd, 'nested', path), text);
  }
  const seen = async (...paths: string[]) => {
    const { files: found, summary } = (await json(...paths)) as {
      files: { path: string; findings: { rule: string }[] }[];
      summary: { runners: string[] };
    };
    return [summary.runners, found.map(({ path, findings }) => [path, findings.map(({ rule }) => rule)])];
  };
  const deployed = [
    ['Sqitch'],
    [
      ['nested/deploy/z/table.sql', []],
      ['nested/deploy/a/index.sql', ['create-index-non-concurrent', 'drop-table']],
    ],
  ];
  expect(await seen('nested')).toEqual(deployed);
  expect(await seen('nested/deploy')).toEqual(deployed);
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
