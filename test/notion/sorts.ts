import { type Fields, isFields } from './check.ts';
import { findProperty, valueOf } from './property-values.ts';
import { unknownProperty } from './property-configs.ts';
import { plainTextOf } from './rich-text.ts';
import type { DataSource, Page, Property, RichText } from './state.ts';
import type { World } from './world.ts';

/** Orders the pages of a data source as a query asks. */
export function sorted(world: World, source: DataSource, pages: readonly Page[], sorts: readonly Fields[]): Page[] {
  const keys = sorts.map((sort) => ({ key: keyOf(world, source, sort), down: sort['direction'] === 'descending' }));
  return [...pages].sort((a, b) => {
    for (const { key, down } of keys) {
      const order = compared(key(a), key(b));
      if (order !== 0) return down ? -order : order;
    }
    return 0;
  });
}

function keyOf(world: World, source: DataSource, { property: name, timestamp }: Fields): (page: Page) => unknown {
  if (timestamp === 'created_time') return (page) => page.created;
  if (timestamp === 'last_edited_time') return (page) => page.edited;
  const property = findProperty(source.properties, String(name));
  if (!property) throw unknownProperty(String(name));
  return (page) => sortable(valueOf(world, page, property), property);
}

function sortable(value: unknown, { type, config }: Property): unknown {
  if (type === 'title' || type === 'rich_text') return plainTextOf(value as RichText);
  if (type === 'unique_id') return (value as Fields)['number'];
  if (!isFields(value)) return value;
  const options = (config['options'] ?? []) as readonly Fields[];
  return value['start'] ?? options.findIndex(({ id }) => id === value['id']);
}

/** What is empty comes last. */
function compared(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === 'string' && typeof b === 'string' ? a.localeCompare(b) : Number(a) - Number(b);
}
