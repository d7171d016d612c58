import { Command } from 'commander';
import type { Config } from '../../app/config.ts';
import { type PublishInput, publishSpec } from '../../app/publish-spec.ts';
import { updateSpec, wantedPages } from '../../app/update-spec.ts';
import type { PublishingDeps } from '../../app/write-pages.ts';
import { workspaceFrom, workspaceOf } from '../../app/workspaces.ts';
import { LockkeeperError } from '../../errors.ts';
import { renderPublished } from '../../report/render-published.ts';
import { usage } from '../errors.ts';
import { openDeps } from '../open-deps.ts';
import {
  type FormatFlags,
  formatOf,
  MIGRATION,
  withConnection,
  withExamples,
  withFormat,
  WORKSPACE,
} from '../options.ts';
import { print } from '../print.ts';
import type { ConnectionFlags } from '../settings.ts';
import { EXIT, type Terminal } from '../terminal.ts';

/** Which page, in which workspace, with which tasks. */
export interface PageFlags {
  readonly spec: string;
  readonly workspace?: string;
  readonly tasks?: string;
}

type PublishFlags = FormatFlags & ConnectionFlags & PageFlags & { readonly dryRun?: true };

export const TASKS = ['--tasks <database>', 'the task database, by title or id, where there are several'] as const;
const DRY_RUN = ['--dry-run', 'say what would change, and change nothing'] as const;

export const publishCommand = (terminal: Terminal): Command => {
  const command = new Command('publish')
    .summary('write the plan of a migration and its tasks beside its specification')
    .argument(...MIGRATION)
    .requiredOption('--spec <page>', 'the specification: a Markdown file, or a page of the workspace')
    .option(...TASKS)
    .option(...WORKSPACE)
    .option(...DRY_RUN)
    .action(async (migration: string, flags: PublishFlags) => {
      const { deps, project } = await openDeps(terminal, flags);
      const input = publishInput(terminal, project, flags);
      const published = await publishSpec(deps, { ...input, migration, dryRun: flags.dryRun ?? false });
      print(terminal, flags, published, renderPublished);
    });
  return withExamples(withFormat(withConnection(command)), [
    'spec publish user-preferences --spec docs/specs/user-preferences.md --dry-run',
    'spec publish user-preferences --spec docs/specs/user-preferences.md',
  ]);
};

/** A workspace that is named on the command line is named from where that is typed. */
export const publishInput = (
  { cwd }: Pick<Terminal, 'cwd'>,
  { root, spec }: Config,
  { spec: page, workspace, tasks }: PageFlags,
): Omit<PublishInput, 'migration' | 'dryRun'> => {
  const named = workspace === undefined ? workspaceOf(page, spec.workspace) : workspaceFrom(workspace, cwd, root);
  return { page, workspace: named, root, labels: spec.labels, tasks: tasks ?? null };
};

type UpdateFlags = FormatFlags & ConnectionFlags & { readonly watch?: true; readonly dryRun?: true };

export const updateCommand = (terminal: Terminal): Command => {
  const command = new Command('update')
    .summary('bring published pages to what the journal says, of one migration or of all')
    .argument('[migration]', 'a file, or the name of a migration')
    .option('--watch', 'whenever something happens, until Ctrl-C')
    .option(...DRY_RUN)
    .action(async (migration: string | undefined, flags: UpdateFlags) => {
      if (flags.watch && flags.dryRun) throw usage('--watch and --dry-run do not go together.', 'Give one of the two.');
      const { deps } = await openDeps(terminal, flags);
      const named = migration === undefined ? {} : { migration };
      if (flags.watch) await watch(terminal, deps, named, flags);
      else print(terminal, flags, await updateSpec(deps, { ...named, dryRun: flags.dryRun ?? false }), renderPublished);
    });
  return withExamples(withFormat(withConnection(command)), [
    'spec update user-preferences',
    'spec update --watch',
    'spec update --dry-run --json',
  ]);
};

const EVERY_MS = 5000;

/** Writes pages whenever they would say something else. A workspace that is away is told of, and tried again. */
async function watch(
  terminal: Terminal,
  deps: PublishingDeps,
  named: { readonly migration?: string },
  flags: UpdateFlags,
): Promise<void> {
  const { signal, clock, out, outPaint, err } = terminal;
  terminal.finishOnInterrupt('');
  const written = new Map<string, string>();
  while (!signal.aborted) {
    for (const { migration, text, due } of await wantedPages(deps, named)) {
      if (written.get(migration) === text && !due) continue;
      const updated = await updateSpec(deps, { migration, dryRun: false }).catch((error: unknown) => {
        if (!(error instanceof LockkeeperError)) throw error;
        err(`${error.message} ${error.fix}`);
        return null;
      });
      if (!updated) continue;
      written.set(migration, text);
      out(formatOf(flags) === 'json' ? JSON.stringify(updated) : renderPublished(updated, outPaint));
    }
    await clock.sleep(EVERY_MS, signal);
  }
  terminal.exit(EXIT.interrupted);
}
