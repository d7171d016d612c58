import type { Session } from '../database/database.ts';
import type { Journal } from '../journal/journal.ts';
import { journalMissing } from '../journal/errors.ts';
import { Publications } from '../journal/publications.ts';
import { journalOf } from './deps.ts';
import { notPublished } from './errors.ts';
import { refuseUnreadableJournal } from './journal-rights.ts';
import type { PublishedDocument } from './publish-spec.ts';
import { nameOf } from './read-run.ts';
import {
  currentPublication,
  previewPages,
  type PublishedPages,
  type PublishingDeps,
  writePages,
} from './write-pages.ts';

export interface UpdateInput {
  /** All that are published when left out. */
  readonly migration?: string;
  readonly dryRun: boolean;
}

/** Brings published pages to what the journal says. */
export async function updateSpec(deps: PublishingDeps, input: UpdateInput): Promise<PublishedDocument> {
  const publications = await withPublished(deps, input, async (session, journal, migrations) => {
    const updated: PublishedPages[] = [];
    for (const migration of migrations) updated.push(await updateOne(deps, session, journal, migration, input.dryRun));
    return updated;
  });
  return { schema: 'lockkeeper.published/1', dryRun: input.dryRun, publications };
}

export interface WantedPages {
  readonly migration: string;
  /** What they would say now; another text is another page. */
  readonly text: string;
  /** An update was asked for and is not written. */
  readonly due: boolean;
}

/** What the pages of each published migration would say now. */
export const wantedPages = (
  deps: PublishingDeps,
  input: Omit<UpdateInput, 'dryRun'>,
): Promise<readonly WantedPages[]> =>
  withPublished(deps, { ...input, dryRun: true }, async (session, journal, migrations) => {
    const pages: WantedPages[] = [];
    for (const migration of migrations) {
      const source = await new Publications(journal.schema).find(session, migration);
      if (!source) continue;
      const text = JSON.stringify(await currentPublication(deps, session, journal, source));
      pages.push({ migration, text, due: source.written < source.wanted });
    }
    return pages;
  });

async function updateOne(deps: PublishingDeps, session: Session, journal: Journal, migration: string, dryRun: boolean) {
  const source = await new Publications(journal.schema).find(session, migration);
  if (!source) throw notPublished(migration);
  return dryRun
    ? await previewPages(deps, session, journal, source)
    : await writePages(deps, session, journal, migration);
}

/** The published migrations that are meant, with a session to work with. */
async function withPublished<T>(
  deps: PublishingDeps,
  { migration, dryRun }: UpdateInput,
  work: (session: Session, journal: Journal, migrations: readonly string[]) => Promise<T>,
): Promise<T> {
  const journal = journalOf(deps);
  const session = await deps.connect(dryRun ? 'read' : 'watch', migration);
  try {
    const version = await journal.version(session);
    if (version === null) throw journalMissing(journal.schema);
    await refuseUnreadableJournal(session, journal.schema);
    const published = version < 2 ? [] : await new Publications(journal.schema).migrations(session);
    if (migration === undefined) return await work(session, journal, published);
    const name = await nameOf(deps, migration);
    if (!published.includes(name)) throw notPublished(name);
    return await work(session, journal, [name]);
  } finally {
    await session.close();
  }
}
