import type { Fields } from '../check.ts';
import { invalid } from '../errors.ts';
import { paged } from '../paging.ts';
import { findProperty, propertiesOf, valueOf } from '../property-values.ts';
import { paging } from '../request-shapes.ts';
import { type Call, expectQuery, type Routes } from './call.ts';
import { findPage } from './pages.ts';

/** A property's value whole: a list in pages of a list, anything else at once. */
function propertyItem(call: Call): Fields {
  expectQuery(call, {}, paging);
  const page = findPage(call);
  const key = call.path['property_id'] ?? '';
  const property = findProperty(propertiesOf(call.world, page), key);
  if (!property) throw invalid(`${key} is not a property that exists.`);
  const { id, type } = property;
  const value = valueOf(call.world, page, property);
  const item = (one: unknown): Fields => ({ object: 'property_item', id, type, [type]: one });
  if (!['title', 'rich_text', 'people', 'relation'].includes(type)) return item(value);
  const { start_cursor, page_size } = call.query;
  const items = (value as readonly unknown[]).map((one, i) => ({ id: String(i), shown: () => item(one) }));
  const list = paged('property_item', items, { list: `property ${page.id} ${id}`, start_cursor, page_size });
  const next = list['next_cursor'];
  const next_url =
    typeof next === 'string'
      ? `https://api.notion.com/v1/pages/${page.id}/properties/${encodeURIComponent(id)}?start_cursor=${next}`
      : null;
  return { ...list, property_item: { id, next_url, type, [type]: {} } };
}

export const propertyItems: Routes = { 'GET /v1/pages/:page_id/properties/:property_id': propertyItem };
