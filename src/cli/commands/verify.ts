import { Command } from 'commander';
import { verify } from '../../app/verify.ts';
import { renderVerify } from '../../report/render-verify.ts';
import { openDeps } from '../open-deps.ts';
import { type FormatFlags, formatOf, MIGRATION, withConnection, withExamples, withFormat } from '../options.ts';
import { print } from '../print.ts';
import { showProgress } from '../progress.ts';
import type { ConnectionFlags } from '../settings.ts';
import { EXIT, type Terminal } from '../terminal.ts';

export const verifyCommand = (terminal: Terminal): Command => {
  const command = new Command('verify')
    .summary('compare both shapes row by row; exits 3 when they differ')
    .argument(...MIGRATION)
    .option('--repair', 'bring rows that differ up to date from the shape that counts')
    .action(async (migration: string, flags: FormatFlags & ConnectionFlags & { readonly repair?: true }) => {
      const progress = formatOf(flags) === 'json' ? null : await showProgress(terminal, false);
      const { deps } = await openDeps(terminal, flags, progress?.emit);
      const document = await verify(deps, { migration, repair: flags.repair ?? false }).finally(progress?.rest);
      print(terminal, flags, document, renderVerify);
      if (!document.ok) terminal.exit(EXIT.refused);
    });
  return withExamples(withFormat(withConnection(command)), [
    'verify user-preferences',
    'verify user-preferences --repair',
  ]);
};
