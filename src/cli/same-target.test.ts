import { expect, it } from 'vitest';
import { fakeTerminal } from '../../test/support/fake-terminal.ts';
import { withSameTarget } from './same-target.ts';

function shown(text: string, ...argv: string[]) {
  const terminal = fakeTerminal();
  const same = withSameTarget(argv, terminal);
  same.out(text);
  same.err(text);
  return [terminal.printed.join(), terminal.said.join()];
}

const text = 'Next: lockkeeper approve users backup --note "…", or `lockkeeper quarantine list users`.';

it('names the database of the command that suggests another', () => {
  const completed =
    "Next: lockkeeper approve --target prod --config 'my app.yaml' users backup --note \"…\", or `lockkeeper quarantine list --target prod --config 'my app.yaml' users`.";
  expect(shown(text, 'status', '--target=prod', '--config', 'my app.yaml')).toEqual([completed, completed]);
});

it('names nothing that was not named, and no connection string', () => {
  for (const argv of [
    ['status', 'users'],
    ['status', '--database-url', 'postgres://u:secret@h/d'],
    ['status', '--target', 'postgres://u:secret@h/d'],
    ['status', '--target'],
  ])
    expect(shown(text, ...argv)).toEqual([text, text]);
});

it('leaves alone what programs read, help, and what names another database', () => {
  expect(shown(text, 'status', '--target', 'prod', '--json')[0]).toBe(text);
  for (const other of [
    'lockkeeper plan --help',
    'lockkeeper status --target staging',
    'lockkeeper plans',
    'lockkeeper.status',
  ])
    expect(shown(other, 'plan', '--target', 'prod')[1]).toBe(other);
});
