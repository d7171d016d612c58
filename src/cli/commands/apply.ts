import { Command } from 'commander';
import { applyMigration } from '../../app/apply-migration.ts';
import type { PhaseName } from '../../events.ts';
import { confirmContract } from '../confirm-start.ts';
import { phaseOption, withConnection, withExamples, withFormat } from '../options.ts';
import { readPlanFile } from '../read-plan-file.ts';
import { type RunFlags, runCommand } from '../run-command.ts';
import type { Terminal } from '../terminal.ts';

export const applyCommand = (terminal: Terminal): Command => {
  const command = new Command('apply')
    .summary('run a migration forward, up to a phase or to the end; goes on where it stopped')
    .argument('<migration|plan.json>', 'a file, the name of a migration, or a plan that `plan --out` wrote')
    .addOption(phaseOption('--to <phase>', 'the last phase to run'))
    .option('--yes', 'do not ask before the start; opens no gate')
    .option('--take-over', 'end the sessions of an executor that is gone, and go on for it')
    .action(async (argument: string, flags: RunFlags & { readonly to?: PhaseName }) => {
      const plan = await readPlanFile(argument, terminal.cwd);
      await runCommand(terminal, 'apply', flags, ({ deps, rest, confirm }) =>
        applyMigration(deps, plan ? { plan } : { migration: argument }, {
          ...(flags.to && { to: flags.to }),
          takeOver: flags.takeOver ?? false,
          confirm,
          confirmContract: confirmContract(terminal, rest),
        }),
      );
    });
  return withExamples(withFormat(withConnection(command)), [
    'apply user-preferences --to dual-write',
    'apply plan.json --target production --yes',
    'apply user-preferences --json > events.jsonl',
  ]);
};
