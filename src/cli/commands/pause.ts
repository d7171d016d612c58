import { Command } from 'commander';
import { pause, resume } from '../../app/control.ts';
import { openDeps } from '../open-deps.ts';
import { type FormatFlags, MIGRATION, withConnection, withExamples, withFormat } from '../options.ts';
import { print } from '../print.ts';
import { renderSettings } from '../render-settings.ts';
import type { ConnectionFlags } from '../settings.ts';
import type { Terminal } from '../terminal.ts';

export const pauseCommand = (terminal: Terminal): Command =>
  controlCommand(terminal, 'pause', 'let a running migration stand still after its chunk', pause);

export const resumeCommand = (terminal: Terminal): Command =>
  controlCommand(terminal, 'resume', 'let a paused migration go on', resume);

function controlCommand(terminal: Terminal, name: string, summary: string, change: typeof pause): Command {
  const command = new Command(name)
    .summary(summary)
    .argument(...MIGRATION)
    .action(async (migration: string, flags: FormatFlags & ConnectionFlags) => {
      const { deps } = await openDeps(terminal, flags);
      print(terminal, flags, await change(deps, { migration }), renderSettings);
    });
  return withExamples(withFormat(withConnection(command)), [`${name} user-preferences`]);
}
