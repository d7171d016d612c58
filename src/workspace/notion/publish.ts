import type { Change, Document, Publication, Published } from '../../publication/document.ts';
import type { PublishOptions } from '../workspace.ts';
import type { Notion } from './client.ts';
import { findDataSource } from './data-source.ts';
import { createPage, type Finder, findPage, getIfShared, lookupOnce, type Place, recordOf } from './locate.ts';
import { idIn, whoWeAre } from './page.ts';
import { taskTable, type TaskTable, valuesOf } from './properties.ts';
import { page, type PageResponse, type PropertySchema } from './shapes.ts';
import { linkPlan } from './specification.ts';
import { type Draft, writePage, type Writing } from './write-page.ts';

export interface NotionPlaces {
  /** The page that plans go below: its address or id; null for beside the specification. */
  readonly parent: string | null;
  /** The task database, where the publication names none. */
  readonly tasks: string | null;
  /** Of tasks that have none of their own. */
  readonly sprint: string | null;
  /** Ids of users, by the names that tasks have. */
  readonly people: Readonly<Record<string, string>>;
}

/** Writes plan and tasks as pages. First every page is created, so that they can link to each other; then each is brought to what it is to say. */
export async function publishPages(
  notion: Notion,
  places: NotionPlaces,
  publication: Publication,
  { records, dryRun }: Omit<PublishOptions, 'signal'>,
): Promise<Published> {
  const { documents } = publication;
  const me = await whoWeAre(notion);
  const ours = new Set([me]);
  for (const { key } of documents) ours.add((await recordOf(records, key))?.by ?? me);
  const finder: Finder = { notion, records, ours };
  const found = await getIfShared(notion, idIn(publication.specification));
  const specification = found?.in_trash === true ? null : found;
  const table = await tableFor(notion, places, publication);
  const plans: Place = { kind: 'below', page: planParent(places, specification, publication) };
  const { drafts, problems } = await draftAll(finder, documents, { plans, table, dryRun });
  if (!specification) problems.unshift(specificationUnseen(publication.specification));
  const pages = new Map(drafts.map(({ document: { key }, page: made }) => [key, made?.id ?? `a page for ${key}`]));
  if (specification) pages.set('specification', specification.id);
  const titles = new Map(documents.map(({ key, title }) => [key, title]));
  const writing: Writing = { notion, ours: finder.ours, pages, titles, dryRun };
  const changes: Change[] = [];
  for (const draft of drafts) changes.push(await writePage(writing, draft));
  if (!specification) return { changes, problems };
  for (const { document, page: made } of drafts.filter(isPlan)) {
    const plan = { key: document.key, id: made?.id ?? null, isBelow: plans.page === specification.id };
    const { change, problem } = await linkPlan({ notion, records, me, dryRun }, specification, plan);
    changes.push(change);
    if (problem !== null) problems.push(problem);
  }
  return { changes, problems };
}

const isPlan = ({ document }: Draft): boolean => document.kind === 'plan';

const specificationUnseen = (specification: string): string =>
  `Nothing links to the specification: ${specification} is in the trash, or Notion does not show it to the integration. Share it: ••• → Connections.`;

interface Targets {
  readonly plans: Place;
  readonly table: TaskTable | null;
  readonly dryRun: boolean;
}

/** Finds each document's page, or creates it. */
async function draftAll(finder: Finder, documents: readonly Document[], { plans, table, dryRun }: Targets) {
  const tasks: Place | null = table && { kind: 'table', table };
  const lookup = lookupOnce(
    finder,
    documents.map(({ key }) => key),
  );
  const problems: string[] = [];
  const drafts: Draft[] = [];
  for (const document of documents) {
    const place = document.kind === 'task' && tasks ? tasks : plans;
    const { page: before, problem } = await findPage(finder, document, place, lookup);
    if (problem !== null) problems.push(problem);
    if (problem !== null && !before) continue;
    const own = place.kind === 'table' ? place.table : null;
    const { values, problems: more } = own ? await valuesOf(document, own) : { values: [], problems: [] };
    problems.push(...more);
    const made = before ?? (dryRun ? null : await createPage(finder, document, place, values));
    drafts.push({ document, before, page: made, table: own, values });
  }
  return { drafts, problems };
}

async function tableFor(
  notion: Notion,
  { tasks, ...settings }: NotionPlaces,
  publication: Publication,
): Promise<TaskTable | null> {
  if (!publication.documents.some(({ kind }) => kind === 'task')) return null;
  const source = await findDataSource(notion, publication.tasks ?? tasks);
  return taskTable(source, settings, (property, title) => pageTitled(notion, property, title));
}

/** The one page of a related table with this title. */
async function pageTitled(notion: Notion, property: PropertySchema, title: string): Promise<string | null> {
  const id = (property['relation'] as { readonly data_source_id: string }).data_source_id;
  const body = { filter: { property: 'title', title: { equals: title } } };
  const what = `database that ${property.name} leads to (${id})`;
  const [only, ...others] = await notion.all({ method: 'post', path: `data_sources/${id}/query`, body, what }, page);
  return only && !others.length ? only.id : null;
}

/** Beside the specification where that is below a page; else, as in a database, below the specification itself. */
function planParent({ parent }: NotionPlaces, specification: PageResponse | null, publication: Publication): string {
  if (parent !== null) return idIn(parent);
  const beside = specification?.parent['page_id'];
  return typeof beside === 'string' ? beside : (specification?.id ?? idIn(publication.specification));
}
