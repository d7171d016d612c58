import { Command } from 'commander';
import type { Deps } from '../../app/deps.ts';
import type { QuarantineDocument } from '../../app/documents.ts';
import { acceptQuarantine, listQuarantine, retryQuarantine } from '../../app/quarantine.ts';
import { renderQuarantine } from '../../report/render-quarantine.ts';
import { openDeps } from '../open-deps.ts';
import { type FormatFlags, MIGRATION, withConnection, withExamples, withFormat } from '../options.ts';
import { print } from '../print.ts';
import type { ConnectionFlags } from '../settings.ts';
import { mayShowValues } from '../show-values.ts';
import type { Terminal } from '../terminal.ts';

type Flags = FormatFlags & ConnectionFlags & { readonly showValues?: true; readonly note?: string };
type Work = (deps: Deps, migration: string, flags: Flags) => Promise<QuarantineDocument>;

export const quarantineCommand = (terminal: Terminal): Command =>
  withExamples(
    new Command('quarantine')
      .summary('see values that did not fit, try them again, or accept their loss')
      .addCommand(listCommand(terminal))
      .addCommand(retryCommand(terminal))
      .addCommand(acceptCommand(terminal)),
    ['quarantine list user-preferences', 'quarantine accept user-preferences --note "test accounts"'],
  );

const listCommand = (terminal: Terminal): Command =>
  withExamples(
    subcommand(terminal, 'list', 'what did not fit, by kind', (deps, migration, flags) =>
      listQuarantine(deps, { migration, showValues: mayShowValues(terminal, flags) }),
    ).option('--show-values', 'also show keys and values, to this terminal only'),
    ['quarantine list user-preferences'],
  );

const retryCommand = (terminal: Terminal): Command =>
  withExamples(
    subcommand(terminal, 'retry', 'take what fits by now', (deps, migration) => retryQuarantine(deps, { migration })),
    ['quarantine retry user-preferences'],
  );

const acceptCommand = (terminal: Terminal): Command =>
  withExamples(
    subcommand(
      terminal,
      'accept',
      'let the new shape go without all that is open; originals are kept',
      (deps, migration, { note }) => acceptQuarantine(deps, { migration, ...(note !== undefined && { note }) }),
    ).option('--note <text>', 'why, for the record'),
    ['quarantine accept user-preferences --note "test accounts"'],
  );

const subcommand = (terminal: Terminal, name: string, summary: string, work: Work): Command =>
  withFormat(
    withConnection(
      new Command(name)
        .summary(summary)
        .argument(...MIGRATION)
        .action(async (migration: string, flags: Flags) => {
          const { deps } = await openDeps(terminal, flags);
          print(terminal, flags, await work(deps, migration, flags), renderQuarantine);
        }),
    ),
  );
