import { usage } from './errors.ts';
import { type FormatFlags, formatOf } from './options.ts';
import type { Terminal } from './terminal.ts';

/** Row values are shown to a person at this terminal, and go nowhere else. */
export function mayShowValues(
  { outIsTerminal }: Terminal,
  flags: FormatFlags & { readonly showValues?: true },
): boolean {
  if (!flags.showValues) return false;
  if (outIsTerminal && formatOf(flags) === 'text') return true;
  throw usage(
    '--show-values prints row values, and only as text on a terminal.',
    'Leave it out, or do not redirect the output.',
    'Values of rows may be personal data; files, pipes and JSON never hold them.',
  );
}
