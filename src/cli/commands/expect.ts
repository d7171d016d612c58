import { Command } from 'commander';
import { type ExpectDocument, expectPhase } from '../../app/expect-phase.ts';
import type { PhaseName } from '../../events.ts';
import { oneLine } from '../../report/text.ts';
import { phaseText } from '../../report/words.ts';
import { openDeps } from '../open-deps.ts';
import {
  durationMs,
  type FormatFlags,
  MIGRATION,
  phaseOption,
  withConnection,
  withExamples,
  withFormat,
} from '../options.ts';
import { print } from '../print.ts';
import type { ConnectionFlags } from '../settings.ts';
import { EXIT, type Terminal } from '../terminal.ts';

type Flags = FormatFlags & ConnectionFlags & { readonly phase: PhaseName; readonly wait: number };

export const expectCommand = (terminal: Terminal): Command => {
  const command = new Command('expect')
    .summary('exit 0 when a phase is done, else 3: for deploy scripts and application start')
    .argument(...MIGRATION)
    .addOption(phaseOption('--phase <phase>', 'the phase that must be done').makeOptionMandatory())
    .option('--wait <duration>', 'how long it may still take', durationMs, 0)
    .action(async (migration: string, flags: Flags) => {
      const { deps } = await openDeps(terminal, flags);
      const document = await expectPhase(deps, { migration, phase: flags.phase, waitMs: flags.wait });
      print(terminal, flags, document, renderExpect);
      if (!document.ok) terminal.exit(EXIT.refused);
    });
  return withExamples(withFormat(withConnection(command)), [
    'expect user-preferences --phase dual-write',
    'expect user-preferences --phase dual-write --wait 10m && ./deploy',
  ]);
};

const renderExpect = ({ migration, phase, expected, ok }: ExpectDocument): string =>
  oneLine(`${migration}: ${expected} is ${ok ? '' : 'not '}done${ok ? '' : `; done: ${phaseText(phase)}`}.`);
