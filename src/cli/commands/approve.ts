import { Command } from 'commander';
import { approvable, approve } from '../../app/approve.ts';
import { oneLine } from '../../report/text.ts';
import { openDeps } from '../open-deps.ts';
import { durationMs, type FormatFlags, MIGRATION, withConnection, withExamples, withFormat } from '../options.ts';
import { print } from '../print.ts';
import type { ConnectionFlags } from '../settings.ts';
import type { Terminal } from '../terminal.ts';

type Flags = FormatFlags & ConnectionFlags & { readonly note?: string; readonly expires?: number };

export const approveCommand = (terminal: Terminal): Command => {
  const command = new Command('approve')
    .summary('open a gate that asks for a person')
    .argument(...MIGRATION)
    .argument('<gate>', approvable.join(', '))
    .option('--note <text>', 'what others should know: the backup’s name, the ticket')
    .option('--expires <duration>', 'how long it counts, such as 24h (default: for ever)', durationMs)
    .action(async (migration: string, gate: string, flags: Flags) => {
      const { deps } = await openDeps(terminal, flags);
      const approval = await approve(deps, {
        migration,
        gate,
        ...(flags.note !== undefined && { note: flags.note }),
        ...(flags.expires !== undefined && { expiresMs: flags.expires }),
      });
      print(terminal, flags, approval, ({ approvedBy, expiresAt }) =>
        oneLine(
          `${gate} of ${approval.migration} is approved by ${approvedBy}${expiresAt === null ? '' : ` until ${expiresAt}`}.`,
        ),
      );
    });
  return withExamples(withFormat(withConnection(command)), [
    'approve user-preferences backup --note "snapshot of 12:00"',
    'approve user-preferences contract-approval --expires 24h',
  ]);
};
