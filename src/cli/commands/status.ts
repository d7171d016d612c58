import { Command } from 'commander';
import { status } from '../../app/status.ts';
import type { StatusDocument } from '../../app/documents.ts';
import { renderStatus } from '../../report/render-status.ts';
import { openDeps } from '../open-deps.ts';
import { type FormatFlags, formatOf, withConnection, withExamples, withFormat } from '../options.ts';
import { print } from '../print.ts';
import type { ConnectionFlags } from '../settings.ts';
import { EXIT, type Terminal } from '../terminal.ts';

type Flags = FormatFlags & ConnectionFlags & { readonly watch?: true };

export const statusCommand = (terminal: Terminal): Command => {
  const command = new Command('status')
    .summary('show where a migration stands, or all of them, pending ones too')
    .argument('[migration]', 'a file, or the name of a migration')
    .option('--watch', 'show it again whenever it changes, until Ctrl-C')
    .action(async (migration: string | undefined, flags: Flags) => {
      const { deps } = await openDeps(terminal, flags);
      const read = () => status(deps, migration === undefined ? {} : { migration });
      if (flags.watch) await watch(terminal, flags, read);
      else print(terminal, flags, await read(), renderStatus);
    });
  return withExamples(withFormat(withConnection(command)), [
    'status',
    'status user-preferences --watch',
    'status --json',
  ]);
};

const EVERY_MS = 1000;

/** On a terminal in place, as JSON one document a line, otherwise one text after the other. */
async function watch(terminal: Terminal, flags: Flags, read: () => Promise<StatusDocument>): Promise<void> {
  const { signal, clock, out, errPaint, outPaint } = terminal;
  const region = await terminal.region();
  terminal.finishOnInterrupt('');
  let shown = '';
  while (!signal.aborted) {
    const document = await read();
    const asJson = formatOf(flags) === 'json';
    const text = asJson ? JSON.stringify(document) : renderStatus(document, region ? errPaint : outPaint);
    if (text !== shown) (region && !asJson ? region.show : out)(text);
    shown = text;
    await clock.sleep(EVERY_MS, signal);
  }
  region?.done();
  terminal.exit(EXIT.interrupted);
}
