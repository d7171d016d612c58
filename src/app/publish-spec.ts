import { access } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { Publications } from '../journal/publications.ts';
import { extractRequirements } from '../spec/extract-requirements.ts';
import { journalOf, type Deps } from './deps.ts';
import { fileOutsideWorkspace } from './errors.ts';
import { refuseUnreadableJournal } from './journal-rights.ts';
import { planMigration } from './plan-migration.ts';
import { folderOf } from './workspaces.ts';
import { previewPages, type PublishedPages, type PublishingDeps, writePages } from './write-pages.ts';

/** Printed by `spec publish` and `spec update`. */
export interface PublishedDocument {
  readonly schema: 'lockkeeper.published/1';
  /** Nothing was changed: this is what would be. */
  readonly dryRun: boolean;
  readonly publications: readonly PublishedPages[];
}

export interface PublishInput {
  readonly migration: string;
  /** A Markdown file, or a page of the workspace. */
  readonly page: string;
  /** As the configuration would name it: `files:docs`, relative to `root`. */
  readonly workspace: string;
  /** Where the configuration is. */
  readonly root: string;
  readonly labels: NonNullable<Parameters<typeof extractRequirements>[1]['labels']>;
  /** The task database; null where there is only one. */
  readonly tasks: string | null;
  readonly dryRun: boolean;
}

/** Publishes the plan of a migration and its tasks beside the specification, and remembers where. */
export async function publishSpec(deps: PublishingDeps, input: PublishInput): Promise<PublishedDocument> {
  const { workspace, tasks, dryRun } = input;
  const plan = await planMigration(deps, { migration: input.migration });
  const specification = await referenceOf(deps, input);
  const { source, title, tree } = await deps.pages.open(workspace).read(specification);
  const named = title === null ? {} : { title };
  const requirements = extractRequirements(tree, { source, labels: input.labels, ...named });
  const { migration } = plan;
  const journal = journalOf(deps);
  const session = await deps.connect(dryRun ? 'read' : 'watch', migration);
  try {
    await refuseUnreadableJournal(session, journal.schema);
    const publication = { migration, workspace, specification, tasks, requirements, plan };
    if (!dryRun) {
      await journal.install(session);
      await new Publications(journal.schema).remember(session, publication);
    }
    const pages = dryRun
      ? await previewPages(deps, session, journal, publication)
      : await writePages(deps, session, journal, migration);
    return { schema: 'lockkeeper.published/1', dryRun, publications: [pages] };
  } finally {
    await session.close();
  }
}

/** A file is named from where the command is typed; the workspace knows it from its own folder. */
async function referenceOf({ config }: Deps, { page, workspace, root }: PublishInput): Promise<string> {
  const path = resolve(config.cwd, page);
  const here = await access(path).then(
    () => true,
    () => false,
  );
  if (!here) return page;
  const folder = folderOf(workspace, root);
  if (folder === null) throw fileOutsideWorkspace(page, workspace);
  return relative(folder, path);
}
