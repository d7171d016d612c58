import { Command } from 'commander';
import { init } from '../../app/init.ts';
import { oneLine } from '../../report/text.ts';
import { type FormatFlags, withExamples, withFormat } from '../options.ts';
import { print } from '../print.ts';
import type { Terminal } from '../terminal.ts';

export const initCommand = (terminal: Terminal): Command => {
  const command = new Command('init')
    .summary('make this folder a project: a configuration and a place for migrations')
    .option('--force', 'replace a configuration that is there')
    .action(async (flags: FormatFlags & { force?: true }) => {
      const made = await init({ cwd: terminal.cwd, force: flags.force ?? false });
      print(terminal, flags, made, ({ config, migrations }) =>
        [oneLine(`Wrote ${config}`), oneLine(`Migrations go to ${migrations}`), 'Next: lockkeeper new NAME'].join('\n'),
      );
    });
  return withExamples(withFormat(command), ['init']);
};
