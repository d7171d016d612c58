import { Command } from 'commander';
import { newMigration } from '../../app/new-migration.ts';
import { oneLine } from '../../report/text.ts';
import { shellWord } from '../../report/words.ts';
import { type FormatFlags, withExamples, withFormat } from '../options.ts';
import { print } from '../print.ts';
import type { Terminal } from '../terminal.ts';

export const newCommand = (terminal: Terminal): Command => {
  const command = new Command('new')
    .summary('write a migration to start from')
    .argument('<name>', 'what to call it, such as user-preferences')
    .action(async (name: string, flags: FormatFlags) => {
      const made = await newMigration({ cwd: terminal.cwd, name });
      print(terminal, flags, made, ({ path }) =>
        [oneLine(`Wrote ${path}`), `Edit it, then: lockkeeper validate ${shellWord(made.name)}`].join('\n'),
      );
    });
  return withExamples(withFormat(command), ['new user-preferences']);
};
