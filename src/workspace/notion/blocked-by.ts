import { z } from 'zod';
import type { Document } from '../../publication/document.ts';
import type { Pages } from './body.ts';
import type { Notion } from './client.ts';
import type { TaskTable, Value } from './properties.ts';
import type { PageResponse } from './shapes.ts';

const reference = z.looseObject({ id: z.string() });
const relation = z.looseObject({ relation: z.array(reference), has_more: z.boolean().optional() });
const item = z.looseObject({ relation: reference });

/** The relation to the tasks that come before, where it is not so yet. Tasks that a person added stay. The other side is Notion's. */
export async function blockedBy(
  notion: Notion,
  { properties }: Document,
  { roles }: TaskTable,
  {
    has,
    pages,
    titles,
  }: { readonly has: PageResponse | null; readonly pages: Pages; readonly titles: ReadonlyMap<string, string> },
): Promise<Value | null> {
  const property = roles.blockedBy;
  if (!property || !properties) return null;
  const wanted = properties.blockedBy.flatMap((key) => pages.get(key) ?? []);
  const now = has ? await related(notion, has, property.id) : [];
  const published = new Set([...titles.keys()].flatMap((key) => pages.get(key) ?? []));
  const next = [...now.filter((id) => !published.has(id)), ...wanted];
  if (now.length === next.length && next.every((id) => now.includes(id))) return null;
  const shown = properties.blockedBy.flatMap((key) => titles.get(key) ?? key).join(', ');
  return { role: 'blockedBy', property, value: { relation: next.map((id) => ({ id })) }, shown: shown || 'none' };
}

/** All of them: a page shows the first 25. */
async function related(notion: Notion, { id, properties }: PageResponse, property: string): Promise<readonly string[]> {
  const value = relation.safeParse(Object.values(properties).find((one) => one.id === property)).data;
  if (value?.has_more !== true) return value?.relation.map((one) => one.id) ?? [];
  const request = { method: 'get', path: `pages/${id}/properties/${property}`, what: `page ${id}` } as const;
  return (await notion.all(request, item)).map((one) => one.relation.id);
}
