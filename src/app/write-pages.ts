import { setImmediate } from 'node:timers/promises';
import type { Session } from '../database/database.ts';
import { LockkeeperError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import { type PublicationRecord, Publications } from '../journal/publications.ts';
import type { PageRecords, Publication, Published } from '../publication/document.ts';
import { makePublication } from '../publication/make-publication.ts';
import type { Deps, Pages } from './deps.ts';
import { notPublished, pagesBusy } from './errors.ts';
import { readHistory } from './read-history.ts';

/** What publishing or updating the pages of one migration did, or would do. */
export interface PublishedPages extends Published {
  readonly migration: string;
  readonly workspace: string;
  readonly specification: string;
}

export type PublishingDeps = Deps & { readonly pages: Pages };

type Source = Pick<
  PublicationRecord,
  'migration' | 'workspace' | 'specification' | 'tasks' | 'requirements' | 'plan' | 'documents'
>;

/** The pages as they are to be now. The plan of a run that has begun counts more than the one that was published. */
export async function currentPublication(
  deps: PublishingDeps,
  session: Session,
  journal: Journal,
  source: Source,
): Promise<Publication> {
  const begun = await journal.begunRun(session, source.migration);
  const plan = begun?.plan ?? source.plan;
  const history = await readHistory(deps, session, journal, plan);
  // A run goes on in this process, maybe under a lock: it never waits for more than one document.
  return await makePublication({ ...source, plan, history, published: source.documents }, setImmediate);
}

/** Says what would change, and changes nothing. */
export async function previewPages(
  deps: PublishingDeps,
  session: Session,
  journal: Journal,
  source: Omit<Source, 'documents'>,
): Promise<PublishedPages> {
  const remembers = ((await journal.version(session)) ?? 0) >= 2;
  const before = remembers ? await new Publications(journal.schema).find(session, source.migration) : null;
  const publication = await currentPublication(deps, session, journal, {
    ...source,
    documents: before?.documents ?? [],
  });
  const read = remembers ? recordsOf(journal, session, source).read : () => Promise.resolve(null);
  const records = { read, write: () => Promise.resolve() };
  const options = { records, dryRun: true, signal: deps.signal };
  const { workspace, specification, migration } = source;
  const published = await deps.pages.open(workspace).publish(publication, options);
  return { migration, workspace, specification, ...published };
}

/** Brings the pages up to date, and goes on for as long as more updates were asked for meanwhile. */
export async function writePages(
  deps: PublishingDeps,
  session: Session,
  journal: Journal,
  migration: string,
): Promise<PublishedPages> {
  const publications = new Publications(journal.schema);
  await publications.want(session, migration);
  if (!(await publications.lock(session, migration))) throw pagesBusy(migration);
  for (;;) {
    const source = await publications.find(session, migration);
    if (!source) throw notPublished(migration);
    const published = await writeOnce(deps, session, journal, source);
    const { wanted } = (await publications.find(session, migration)) ?? source;
    if (wanted <= source.wanted) return published;
  }
}

async function writeOnce(
  deps: PublishingDeps,
  session: Session,
  journal: Journal,
  source: PublicationRecord,
): Promise<PublishedPages> {
  const publications = new Publications(journal.schema);
  const { migration, workspace, specification, wanted, documents } = source;
  try {
    const publication = await currentPublication(deps, session, journal, source);
    const records = recordsOf(journal, session, source);
    const options = { records, dryRun: false, signal: deps.signal };
    const published = await deps.pages.open(workspace).publish(publication, options);
    const keys = [...new Set([...documents, ...publication.documents.map(({ key }) => key)])];
    await publications.wrote(session, migration, wanted, keys);
    return { migration, workspace, specification, ...published };
  } catch (error) {
    await publications.failed(session, migration, whyOf(error)).catch(() => undefined);
    throw error;
  }
}

/** What a person is told; what is not known may hold anything. */
export const whyOf = (error: unknown): string =>
  error instanceof LockkeeperError ? error.message : 'the workspace could not be reached.';

/** A workspace may ask for several at once; a session does one thing after the other. */
function recordsOf(
  journal: Journal,
  session: Session,
  { migration, workspace }: Pick<Source, 'migration' | 'workspace'>,
): PageRecords {
  const publications = new Publications(journal.schema);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    read: (key) => inTurn(() => publications.page(session, migration, workspace, key)),
    write: (key, record) => inTurn(() => publications.setPage(session, migration, workspace, key, record)),
  };
}
