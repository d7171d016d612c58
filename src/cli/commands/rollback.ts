import { Command } from 'commander';
import { rollbackMigration } from '../../app/rollback-migration.ts';
import type { PhaseName } from '../../events.ts';
import { MIGRATION, phaseOption, withConnection, withExamples, withFormat } from '../options.ts';
import { type RunFlags, runCommand } from '../run-command.ts';
import type { Terminal } from '../terminal.ts';

export const rollbackCommand = (terminal: Terminal): Command => {
  const command = new Command('rollback')
    .summary('take a migration back, to a phase or altogether, without losing writes')
    .argument(...MIGRATION)
    .addOption(phaseOption('--to <phase>', 'the phase that is still done afterwards (default: none)'))
    .option('--yes', 'do not ask before the start')
    .option('--take-over', 'end the sessions of an executor that is gone, and go on for it')
    .action(async (migration: string, flags: RunFlags & { readonly to?: PhaseName }) => {
      await runCommand(terminal, 'rollback', flags, ({ deps, confirm }) =>
        rollbackMigration(
          deps,
          { migration },
          { ...(flags.to && { to: flags.to }), takeOver: flags.takeOver ?? false, confirm },
        ),
      );
    });
  return withExamples(withFormat(withConnection(command)), [
    'rollback user-preferences --to dual-write',
    'rollback user-preferences --yes',
  ]);
};
