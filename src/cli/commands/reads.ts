import { Argument, Command } from 'commander';
import { setReads } from '../../app/reads.ts';
import { oneLine } from '../../report/text.ts';
import { openDeps } from '../open-deps.ts';
import { type FormatFlags, integer, MIGRATION, withConnection, withExamples, withFormat } from '../options.ts';
import { print } from '../print.ts';
import type { ConnectionFlags } from '../settings.ts';
import type { Terminal } from '../terminal.ts';

type Flags = FormatFlags & ConnectionFlags & { readonly percent: number };

export const readsCommand = (terminal: Terminal): Command => {
  const command = new Command('reads')
    .summary('move reads to the new shape or back, all or a share of them')
    .argument(...MIGRATION)
    .addArgument(new Argument('<shape>', 'where reads go').choices(['new', 'old']))
    .option('--percent <n>', 'the share of keys whose reads go there', integer(0, 100), 100)
    .action(async (migration: string, shape: 'new' | 'old', flags: Flags) => {
      const { deps } = await openDeps(terminal, flags);
      const percent = shape === 'new' ? flags.percent : 100 - flags.percent;
      print(terminal, flags, await setReads(deps, { migration, percent }), (set) =>
        oneLine(`${set.migration}: ${set.percent} % of reads go to the new shape.`),
      );
    });
  return withExamples(withFormat(withConnection(command)), [
    'reads user-preferences new --percent 5',
    'reads user-preferences old',
  ]);
};
