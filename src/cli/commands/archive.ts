import { Command } from 'commander';
import { listArchives, purgeArchive, restoreArchive } from '../../app/archive.ts';
import type { Deps } from '../../app/deps.ts';
import type { ArchiveDocument } from '../../app/documents.ts';
import { LockkeeperError } from '../../errors.ts';
import { renderArchives } from '../../report/render-archives.ts';
import { oneLine } from '../../report/text.ts';
import { openDeps } from '../open-deps.ts';
import { type FormatFlags, integer, withConnection, withExamples, withFormat } from '../options.ts';
import { print } from '../print.ts';
import type { ConnectionFlags } from '../settings.ts';
import type { Terminal } from '../terminal.ts';

type Flags = FormatFlags & ConnectionFlags & { readonly yes?: true };
const ID = ['<id>', 'the number that `archive list` shows', integer(1)] as const;

export const archiveCommand = (terminal: Terminal): Command =>
  withExamples(
    new Command('archive')
      .summary('see what was archived, bring it back, or drop it for good')
      .addCommand(listCommand(terminal))
      .addCommand(restoreCommand(terminal))
      .addCommand(purgeCommand(terminal)),
    ['archive list', 'archive restore 1'],
  );

const listCommand = (terminal: Terminal): Command =>
  withOptions(
    new Command('list').summary('what is archived').action((flags: Flags) => run(terminal, flags, listArchives)),
    ['archive list'],
  );

const restoreCommand = (terminal: Terminal): Command =>
  withOptions(
    new Command('restore')
      .summary('bring an archived table back')
      .argument(...ID)
      .action((id: number, flags: Flags) => run(terminal, flags, (deps) => restoreArchive(deps, { id }))),
    ['archive restore 1'],
  );

const purgeCommand = (terminal: Terminal): Command =>
  withOptions(
    new Command('purge')
      .summary('drop what is archived; it cannot be brought back')
      .argument(...ID)
      .option('--yes', 'do not ask')
      .action((id: number, flags: Flags) =>
        run(terminal, flags, (deps) =>
          purgeArchive(deps, { id, confirm: (what) => confirmPurge(terminal, id, what, flags.yes ?? false) }),
        ),
      ),
    ['archive purge 1'],
  );

const withOptions = (command: Command, examples: readonly string[]): Command =>
  withExamples(withFormat(withConnection(command)), examples);

async function run(terminal: Terminal, flags: Flags, work: (deps: Deps) => Promise<ArchiveDocument>): Promise<void> {
  const { deps } = await openDeps(terminal, flags);
  print(terminal, flags, await work(deps), renderArchives);
}

async function confirmPurge(
  { interactive, confirm }: Terminal,
  id: number,
  what: string,
  yes: boolean,
): Promise<boolean> {
  if (yes) return true;
  if (interactive) return confirm(`Drop ${oneLine(what)} for good?`);
  throw new LockkeeperError('NOT_CONFIRMED', {
    message: 'Nothing was dropped.',
    hint: 'It has to be confirmed, and there is no terminal to ask at.',
    fix: `lockkeeper archive purge ${id} --yes`,
  });
}
