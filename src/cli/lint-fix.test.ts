import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fakeTerminal } from '../../test/support/fake-terminal.ts';
import { runProgram } from './program.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-fix-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const write = (files: Record<string, string | Buffer>) =>
  Promise.all(Object.entries(files).map(([path, text]) => writeFile(join(cwd, path), text)));

const read = async () =>
  Object.fromEntries(
    await Promise.all((await readdir(cwd)).sort().map(async (name) => [name, await readFile(join(cwd, name), 'utf8')])),
  ) as Record<string, string>;

async function run(...argv: string[]) {
  const terminal = fakeTerminal({ cwd });
  await runProgram(['lint', ...argv], terminal, '1');
  const { printed, said, exits } = terminal;
  return { out: printed.join('\n'), err: said.join('\n'), code: exits.at(-1) };
}

const index = 'CREATE INDEX i ON t (a);\n';

it('writes the files, and finds nothing the second time', async () => {
  await write({ '1.sql': `SELECT 1;\n${index}`, '2.sql': 'SELECT 2;\n' });
  expect(await run('.', '--fix')).toMatchObject({ err: 'Fixed 1 finding: 1.sql.', code: 0 });
  const after = await read();
  expect(after).toEqual({ '1.sql': 'SELECT 1;\nCREATE INDEX CONCURRENTLY i ON t (a);\n', '2.sql': 'SELECT 2;\n' });
  expect(await run('.', '--fix')).toMatchObject({ err: 'Fixed 0 findings.', code: 0 });
  expect(await read()).toEqual(after);
});

it('adds files where the runner’s transaction asks for them', async () => {
  await write({ 'V1__a.sql': `CREATE TABLE n (id bigint);\n${index}` });
  expect(await run('.', '--fix')).toMatchObject({ err: 'Fixed 1 finding: V1__a.sql, V1.1__a_2.sql.', code: 0 });
  expect(await read()).toEqual({
    'V1.1__a_2.sql': 'CREATE INDEX CONCURRENTLY i ON t (a);\n',
    'V1__a.sql': 'CREATE TABLE n (id bigint);\n',
  });
});

it('rewrites reported files only: the others may have been applied', async () => {
  await write({ '1.sql': index, '2.sql': index.replace('i ON', 'j ON') });
  expect(await run('.', '--fix', '--latest', '1')).toMatchObject({ err: 'Fixed 1 finding: 2.sql.' });
  expect(await read()).toEqual({ '1.sql': index, '2.sql': 'CREATE INDEX CONCURRENTLY j ON t (a);\n' });
});

it('writes the file that a link leads to, and the link stays one', async () => {
  await write({ 'written.txt': index });
  await symlink('written.txt', join(cwd, '1.sql'));
  expect(await run('1.sql', '--fix')).toMatchObject({ err: 'Fixed 1 finding: 1.sql.' });
  expect((await lstat(join(cwd, '1.sql'))).isSymbolicLink()).toBe(true);
  expect((await read())['written.txt']).toBe('CREATE INDEX CONCURRENTLY i ON t (a);\n');
});

it('shows what it would write, as git reads it', async () => {
  await write({ '1.sql': `1;2;3;4\n`.replaceAll(/\d/gu, 'SELECT 1;\n') + index });
  const { out, code } = await run('.', '--fix', '--diff');
  expect(out).toContain('--- a/1.sql\n+++ b/1.sql\n@@');
  expect(out).toContain('\n-CREATE INDEX i ON t (a);\n+CREATE INDEX CONCURRENTLY i ON t (a);');
  expect(code).toBe(0);
  expect((await read())['1.sql']).toContain(index);
});

it('leaves a file alone whose bytes it could not write again', async () => {
  const bytes = Buffer.from(`${index}-- \u00e9`, 'latin1');
  await write({ '1.sql': bytes });
  expect(await run('.', '--fix')).toMatchObject({ err: 'Fixed 0 findings.', code: 1 });
  expect(await readFile(join(cwd, '1.sql'))).toEqual(bytes);
});

it('does not take --diff alone, nor what comes on stdin', async () => {
  expect(await run('.', '--diff')).toMatchObject({ code: 2 });
  expect(await run('--stdin', '--fix')).toMatchObject({ code: 2 });
});
