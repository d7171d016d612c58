import type { Change, Document } from '../../publication/document.ts';
import { applyChange } from './apply.ts';
import { blockedBy } from './blocked-by.ts';
import { type Pages, wantedBody } from './body.ts';
import type { Notion } from './client.ts';
import { compare } from './compare.ts';
import { existingPart } from './part.ts';
import { changed, shownOf, type TaskTable, type Value } from './properties.ts';
import { anything, type PageResponse } from './shapes.ts';
import { readTree } from './tree.ts';
import { unsaidBy } from './unsaid.ts';

export interface Writing {
  readonly notion: Notion;
  readonly ours: ReadonlySet<string>;
  readonly pages: Pages;
  /** Of all documents of the publication. */
  readonly titles: ReadonlyMap<string, string>;
  readonly dryRun: boolean;
}

export interface Draft {
  readonly document: Document;
  /** Null for a page that was not there when the publishing began. */
  readonly before: PageResponse | null;
  /** As it is now; null in a dry run. */
  readonly page: PageResponse | null;
  readonly table: TaskTable | null;
  readonly values: readonly Value[];
}

/** Brings a page to what it is to say, and tells what that changed. */
export async function writePage(writing: Writing, draft: Draft): Promise<Change> {
  const { document, before, page } = draft;
  const said = await detailsOf(writing, draft);
  if (page && !writing.dryRun && (said.length || !before)) await bringUp(writing, draft, page);
  const how = before ? (said.length ? 'update' : 'unchanged') : 'create';
  return { key: document.key, how, where: (page ?? before)?.url ?? null, details: said };
}

async function detailsOf(writing: Writing, draft: Draft): Promise<string[]> {
  const { before } = draft;
  const properties = await propertyChanges(writing, draft, before);
  const lines = properties.map(({ property, shown }) => {
    const now = Object.values(before?.properties ?? {}).find(({ id }) => id === property.id);
    const old = now && property.type !== 'relation' ? shownOf(now) : '';
    return `property ${property.name}: ${old === '' ? '' : `${old} → `}${shown}`;
  });
  const sections = (await blockChanges(writing, draft, before?.id ?? null)).flatMap((change) => change.sections);
  return [...lines, ...[...new Set(sections)].map((key) => `section ${key}`)];
}

async function propertyChanges(
  { notion, pages, titles }: Writing,
  { document, table, values }: Draft,
  has: PageResponse | null,
): Promise<readonly Value[]> {
  const relation = table && (await blockedBy(notion, document, table, { has, pages, titles }));
  return [...changed(values, has?.properties ?? null), ...(relation ? [relation] : [])];
}

async function blockChanges({ notion, ours, pages }: Writing, { document, table }: Draft, id: string | null) {
  const unsaid = unsaidBy(document.properties, table?.roles ?? {}, pages);
  const wanted = wantedBody(document, { pages, unsaid, marked: !table?.roles.key });
  const tree = id === null ? [] : await readTree(notion, id, `page ${id}`);
  return compare(
    id ?? '',
    tree.map((node) => existingPart(node, ours)),
    wanted,
  );
}

/** Reads again what is there whenever an answer was lost. */
const bringUp = (writing: Writing, draft: Draft, page: PageResponse): Promise<void> =>
  writing.notion.settle(async () => {
    const what = `page ${page.id}`;
    const properties = await propertyChanges(writing, draft, page);
    const body = { properties: Object.fromEntries(properties.map(({ property, value }) => [property.id, value])) };
    if (properties.length)
      await writing.notion.repeat({ method: 'patch', path: `pages/${page.id}`, body, what }, anything);
    for (const change of await blockChanges(writing, draft, page.id)) await applyChange(writing.notion, change, what);
  });
