import { z } from 'zod';
import { LockkeeperError } from '../../errors.ts';
import { blockRequest } from '../../markdown/block-request.ts';
import type { Document, PageRecords } from '../../publication/document.ts';
import { keyIn, markerOf } from './body.ts';
import type { Notion } from './client.ts';
import { getPage } from './page.ts';
import { type TaskTable, shownOf, type Value } from './properties.ts';
import { block, page, type PageResponse } from './shapes.ts';

/** Where the pages of one kind are, and are created. */
export type Place =
  { readonly kind: 'below'; readonly page: string } | { readonly kind: 'table'; readonly table: TaskTable };

export interface Finder {
  readonly notion: Notion;
  readonly records: PageRecords;
  /** Ids of the integrations that have written for us, this one first. */
  readonly ours: ReadonlySet<string>;
}

const record = z.object({ page: z.string(), by: z.string() });

/** What is remembered of a document; null where nothing is. */
export const recordOf = async (records: PageRecords, key: string): Promise<z.output<typeof record> | null> =>
  record.safeParse(await records.read(key)).data ?? null;

export const remember = (records: PageRecords, key: string, id: string, by: string): Promise<void> =>
  records.write(key, { page: id, by });

export interface Found {
  readonly page: PageResponse | null;
  readonly problem: string | null;
}

/** The page of a document: the one that is remembered, or else the one that says so itself. */
export async function findPage(finder: Finder, document: Document, place: Place, lookup: Lookup): Promise<Found> {
  const known = await recordOf(finder.records, document.key);
  const remembered = known && (await getIfShared(finder.notion, known.page));
  if (remembered?.in_trash === true)
    return {
      page: null,
      problem: `${document.title} is in the trash of Notion, so it is left alone. Restore it, or delete it for good and it is written anew.`,
    };
  if (remembered) return { page: remembered, problem: null };
  const [oldest = null, ...copies] = (await lookup(place)).get(document.key) ?? [];
  if (oldest) await remember(finder.records, document.key, oldest.id, writerOf(finder, oldest));
  const urls = [oldest, ...copies].map((one) => one?.url).join(' and ');
  return {
    page: oldest,
    problem: copies.length
      ? `${urls} both say they are ${document.key}; only the first is kept up to date. Delete the other.`
      : null,
  };
}

/** Only an integration: what a person wrote is never taken for ours. */
function writerOf({ ours }: Finder, { created_by: by }: PageResponse): string {
  const [me = ''] = ours;
  return ours.has(by.id) ? by.id : me;
}

export async function getIfShared(notion: Notion, id: string): Promise<PageResponse | null> {
  try {
    return await getPage(notion, id);
  } catch (error) {
    if (error instanceof LockkeeperError && error.code === 'NOTION_NOT_SHARED') return null;
    throw error;
  }
}

/** The pages in a place by the documents that they say they are: first those that we created, then the oldest. */
export type Lookup = (place: Place) => Promise<ReadonlyMap<string, readonly PageResponse[]>>;

/** Looks into each place once. */
export function lookupOnce(finder: Finder, keys: readonly string[]): Lookup {
  const seen = new Map<Place, ReturnType<Lookup>>();
  return (place) => {
    const known = seen.get(place) ?? lookInto(finder, keys, place);
    seen.set(place, known);
    return known;
  };
}

async function lookInto(
  { notion, ours }: Finder,
  keys: readonly string[],
  place: Place,
): Promise<Map<string, PageResponse[]>> {
  const found: (readonly [string | null, PageResponse])[] = [];
  const read = async (one: PageResponse) => {
    const what = `page ${one.id}`;
    const responses = await notion.all({ method: 'get', path: `blocks/${one.id}/children`, what }, block);
    found.push([keyIn(responses.map((response) => ({ response, children: [] }))), one]);
  };
  if (place.kind === 'below') {
    const what = `page ${place.page}`;
    const blocks = await notion.all({ method: 'get', path: `blocks/${place.page}/children`, what }, block);
    for (const { id, type, created_by: by } of blocks)
      if (type === 'child_page' && ours.has(by.id)) await read(await getPage(notion, id));
  } else {
    const { id } = place.table.source;
    const column = place.table.roles.key;
    const body = column && { filter: { or: keys.map((key) => ({ property: column.id, rich_text: { equals: key } })) } };
    const request = { method: 'post', path: `data_sources/${id}/query`, what: `database ${id}` } as const;
    const rows = await notion.all({ ...request, ...(body && { body }) }, page);
    for (const row of rows.filter(({ in_trash }) => !in_trash))
      if (column) found.push([keyIs(row, column.id), row]);
      else if (ours.has(row.created_by.id)) await read(row);
  }
  const byKey = new Map<string, PageResponse[]>();
  const rank = ({ created_by: by, created_time: time }: PageResponse) => (ours.has(by.id) ? '0' : '1') + time;
  for (const [key, one] of found.toSorted(([, a], [, b]) => rank(a).localeCompare(rank(b))))
    if (key !== null) byKey.set(key, [...(byKey.get(key) ?? []), one]);
  return byKey;
}

function keyIs({ properties }: PageResponse, column: string): string | null {
  const value = Object.values(properties).find(({ id }) => id === column);
  return value ? shownOf(value) : null;
}

/** A new page, which says from its first moment which document it is. When the answer is lost, it is looked for before it is created again. */
export async function createPage(
  finder: Finder,
  document: Document,
  place: Place,
  values: readonly Value[],
): Promise<PageResponse> {
  const { key } = document;
  const name = [{ type: 'text', text: { content: document.title.slice(0, 2000) } }];
  const title = place.kind === 'table' ? titleColumn(place.table) : 'title';
  const marked = place.kind === 'below' || !place.table.roles.key;
  const body = {
    parent:
      place.kind === 'table'
        ? { type: 'data_source_id', data_source_id: place.table.source.id }
        : { type: 'page_id', page_id: place.page },
    properties: {
      [title]: { title: name },
      ...Object.fromEntries(values.map(({ property, value }) => [property.id, value])),
    },
    ...(marked ? { children: [blockRequest(markerOf(key), [])] } : {}),
  };
  const what =
    place.kind === 'table' ? `database ${place.table.source.id}` : `page ${place.page}, which new pages go below`;
  let tried = false;
  const made = await finder.notion.settle(async () => {
    const there = tried ? (await lookInto(finder, [key], place)).get(key)?.[0] : undefined;
    tried = true;
    return there ?? (await finder.notion.once({ method: 'post', path: 'pages', body, what }, page));
  });
  const [me = ''] = finder.ours;
  await remember(finder.records, key, made.id, me);
  return made;
}

const titleColumn = ({ source }: TaskTable): string =>
  Object.values(source.properties).find(({ type }) => type === 'title')?.id ?? 'title';
