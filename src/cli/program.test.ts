import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { fakeTerminal } from '../../test/support/fake-terminal.ts';
import { mayShowValues } from './show-values.ts';
import { durationMs, integer, orNone } from './options.ts';
import { buildProgram, runProgram } from './program.ts';

async function run(...argv: string[]) {
  const terminal = fakeTerminal();
  await runProgram(argv, terminal, '1.2.3');
  const { printed, said, exits } = terminal;
  return { out: printed.join('\n'), err: said.join('\n'), code: exits.at(-1) ?? 0 };
}

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];

it('explains every command, with examples of it', async () => {
  const [, ...commands] = all(await buildProgram(fakeTerminal(), '1.2.3'));
  for (const command of commands) {
    const path = [...(command.parent?.parent ? [command.parent.name()] : []), command.name()];
    const { out, err, code } = await run(...path, '--help');
    expect(out).toContain(`Examples:\n  $ lockkeeper ${path.join(' ')}`);
    expect(`${err}${code}`).toBe('0');
  }
});

it('says its version', async () => expect(await run('--version')).toEqual({ out: '1.2.3', err: '', code: 0 }));

it.each([
  [['plann', 'x'], "Unknown command 'plann'.", 'Did you mean plan?'],
  [['plan', 'x', '--forma', 'json'], "Unknown option '--forma'.", 'Did you mean --format?'],
  [['plan'], "Missing required argument 'migration'.", ''],
  [['plan', 'x', 'y'], "Too many arguments for 'plan'", 'lockkeeper plan --help'],
  [['quarantine', 'list'], "Missing required argument 'migration'.", 'lockkeeper quarantine list --help'],
  [['quarantine', 'lst'], "Unknown command 'lst'.", 'lockkeeper quarantine --help'],
  [['plan', 'x', '--format', 'xml'], 'Allowed choices are text, json, markdown, sql.', ''],
  [['apply', 'x', '--format', 'markdown'], 'Allowed choices are text, json.', ''],
  [['apply', 'x', '--to', 'expnd'], 'The phases are expand', ''],
  [['approve', 'x', 'backup', '--expires', '1 day'], 'Give a duration such as', ''],
  [['reads', 'x', 'newer'], 'Allowed choices are new, old.', ''],
  [['reads', 'x', 'new', '--percent', '101'], 'Give a whole number from 0 to 100.', ''],
  [['tune', 'x'], 'There is nothing to change.', ''],
  [['status', '--target', 'a', '--database-url', 'postgres://u@h/d'], 'name two databases', ''],
])('refuses %j as wrong usage', async (argv, message, suggestion) => {
  const { out, err, code } = await run(...argv);
  expect(err).toContain(message);
  expect(err).toContain(suggestion);
  expect({ out, code }).toEqual({ out: '', code: 2 });
});

it('shows the help when nothing was asked', async () => {
  for (const argv of [[], ['quarantine']]) expect(await run(...argv)).toMatchObject({ out: '', code: 2 });
});

it('answers a mistake in JSON when JSON was asked for', async () => {
  const { out, err, code } = await run('status', '--json');
  expect(JSON.parse(out)).toMatchObject({ schema: 'lockkeeper.error/1', code: 'NO_TARGET', details: {} });
  expect(err).toMatch(/^error NO_TARGET: /u);
  expect(code).toBe(2);
});

it('does not answer YAML when JSON was asked for', async () => {
  const { out, code } = await run('inspect', 'users.preferences', '--yaml', '--json');
  expect(JSON.parse(out)).toMatchObject({ code: 'USAGE', message: '--yaml prints YAML, and --json asks for JSON.' });
  expect(code).toBe(2);
});

it('keeps a password that was typed out of what it says', async () => {
  const { out, err } = await run('status', '--json', '--database-url', 'postgres://u:hunter2@127.0.0.1:1/d');
  expect(out + err).toContain('CONNECTION_FAILED');
  expect(out + err).not.toContain('hunter2');
});

it.each([
  ['status', '--target', 'postgres://u:hunter2@h/d'],
  ['postgres://u:hunter2@h/d'],
  ['validate', 'postgres://u:hunter2@h/d'],
  ['validate', 'postgres://u@h/d?password=hunter2&sslmode=require'],
])('keeps a password that was typed in the wrong place out of what it says: %s %s', async (...argv) => {
  const { out, err, code } = await run(...argv, '--json');
  expect(out + err).toContain('***');
  expect(out + err).not.toContain('hunter2');
  expect(code).toBe(2);
});

it('names the user whose password is the same word', async () => {
  const { err } = await run('status', '--database-url', 'postgres://postgres:postgres@127.0.0.1:1/d');
  expect(err).toContain('user "postgres"');
});

it('shows values to a terminal only, and as text only', () => {
  const person = fakeTerminal({ outIsTerminal: true });
  expect(mayShowValues(person, { format: 'text', showValues: true })).toBe(true);
  expect(mayShowValues(person, { format: 'json' })).toBe(false);
  expect(() => mayShowValues(person, { format: 'text', json: true, showValues: true })).toThrow('row values');
  expect(() => mayShowValues(fakeTerminal(), { format: 'text', showValues: true })).toThrow('row values');
});

it('reads durations and numbers', () => {
  expect(['250ms', '90s', '10m', '24h', '7d', '0s'].map(durationMs)).toEqual([250, 90e3, 600e3, 864e5, 6048e5, 0]);
  for (const wrong of ['', '5', 'h', '1.5h', '-1h', '1w', '99999999999999999d'])
    expect(() => durationMs(wrong)).toThrow('duration');
  for (const wrong of ['', '0', '1e3', '-1', ' 2', '9'.repeat(20)])
    expect(() => integer(1)(wrong)).toThrow('from 1 on');
  expect(orNone(integer(1))('none')).toBe(Infinity);
});
