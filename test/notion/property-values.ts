import type { Fields } from './check.ts';
import { invalid, notFound } from './errors.ts';
import { instant, renderUser } from './render-user.ts';
import { toRichText } from './rich-text.ts';
import { withOption } from './select-options.ts';
import type { DataSource, Page, Property } from './state.ts';
import { dashed, find, type World } from './world.ts';

/** The rest of a longer list is behind the property's own address. */
const SHOWN = 25;

const pageTitle: Property = { id: 'title', name: 'title', type: 'title', description: null, config: {} };

export const sourceOf = ({ state }: World, { parent }: Page): DataSource | null => {
  const source = parent.type === 'data_source_id' ? state.things[parent.id] : undefined;
  return source?.kind === 'data source' ? source : null;
};

export const propertiesOf = (world: World, page: Page): readonly Property[] =>
  sourceOf(world, page)?.properties ?? [pageTitle];

export const findProperty = (properties: readonly Property[], key: string): Property | undefined =>
  properties.find(({ id, name }) => id === key || name === key || encodeURIComponent(id) === key);

export function renderValues(world: World, page: Page, only: readonly string[]): Fields {
  const all = propertiesOf(world, page);
  const properties = only.length ? only.flatMap((key) => findProperty(all, key) ?? []) : all;
  return Object.fromEntries(
    properties.map((property) => {
      const value = valueOf(world, page, property);
      const cut = Array.isArray(value) && (property.type === 'relation' || property.type === 'people');
      const more = property.type === 'relation' ? { has_more: (value as unknown[]).length > SHOWN } : {};
      return [
        property.name,
        { id: property.id, type: property.type, [property.type]: cut ? value.slice(0, SHOWN) : value, ...more },
      ];
    }),
  );
}

const empty: Readonly<Record<string, unknown>> = {
  ...{ title: [], rich_text: [], multi_select: [], people: [], relation: [], files: [] },
  ...{ checkbox: false, formula: { type: 'string', string: null } },
};

/** All of it, as the API shows it. */
export function valueOf(world: World, page: Page, { id, type, config }: Property): unknown {
  const stored = page.values[id];
  switch (type) {
    case 'created_time':
      return instant(page.created);
    case 'last_edited_time':
      return instant(page.edited);
    case 'created_by':
      return { object: 'user', id: page.createdBy };
    case 'last_edited_by':
      return { object: 'user', id: page.editedBy };
    case 'unique_id':
      return { prefix: config['prefix'], number: page.number };
    case 'rollup':
      return { type: 'array', array: [], function: config['function'] };
    case 'people':
      return ((stored ?? []) as string[]).flatMap((user) => {
        const known = world.state.users[user];
        return known ? [renderUser(world, known)] : [];
      });
    case 'relation':
      return ((stored ?? []) as string[])
        .filter((other) => world.state.things[other]?.trashed === false)
        .map((other) => ({ id: other }));
    default:
      return stored ?? empty[type] ?? null;
  }
}

/** Replaces the properties that are named, each wholly. `values` have the shape that the API takes. */
export function writeValues(world: World, page: Page, values: Readonly<Record<string, Fields>>): void {
  const properties = propertiesOf(world, page);
  const found = Object.entries(values).map(([key, value]) => ({ key, value, property: findProperty(properties, key) }));
  const wrong = found.flatMap(({ key, value, property }) => {
    if (!property) return [`${key} is not a property that exists.`];
    return value[property.type] === undefined ? [`${key} is expected to be ${property.type}.`] : [];
  });
  if (wrong.length) throw invalid(wrong.join(' '));
  const written = found.flatMap(({ value, property }) =>
    property ? [{ property, value: toStored(world, property, value[property.type]) }] : [],
  );
  for (const { property, value } of written) {
    if (property.type === 'relation') mirror(world, page, property, value as string[]);
    page.values[property.id] = value;
  }
}

function toStored(world: World, property: Property, value: unknown): unknown {
  const { type, config } = property;
  if (type === 'title' || type === 'rich_text') return toRichText(world, value);
  if (type === 'multi_select') return (value as Fields[]).map((option) => withOption(world, property, option));
  if (value === null) return null;
  if (type === 'select' || type === 'status') return withOption(world, property, value as Fields);
  if (type === 'date') return { end: null, time_zone: null, ...(value as Fields) };
  if (type === 'people') return unique(value).map((id) => userId(world, id));
  if (type === 'relation') return unique(value).map((id) => relatedId(world, id, config['data_source_id']));
  if (type === 'files') return (value as Fields[]).map((file) => ({ type: 'external', name: 'Untitled', ...file }));
  return value;
}

const unique = (value: unknown): string[] => [...new Set((value as { id: string }[]).map(({ id }) => dashed(id)))];

function userId({ state }: World, id: string): string {
  if (!state.users[id]) throw notFound('user', id);
  return id;
}

function relatedId(world: World, id: string, source: unknown): string {
  const page = find(world, ['page'], id);
  if (page.parent.type === 'data_source_id' && page.parent.id === source) return id;
  throw invalid(`Page with ID ${id} is not in the related data source.`);
}

/** The other side of a relation that has one. */
function mirror({ state }: World, page: Page, { id, config }: Property, now: readonly string[]): void {
  const other = (config['dual_property'] as Fields | undefined)?.['synced_property_id'];
  if (typeof other !== 'string') return;
  const before = (page.values[id] ?? []) as readonly string[];
  for (const target of new Set([...before, ...now])) {
    const there = state.things[target];
    if (there?.kind !== 'page') continue;
    const without = ((there.values[other] ?? []) as string[]).filter((one) => one !== page.id);
    there.values[other] = now.includes(target) ? [...without, page.id] : without;
  }
}

/** A page that leaves its data source is named by none of its relations any more. */
export function leaveRelations(world: World, page: Page): void {
  for (const property of propertiesOf(world, page)) {
    if (property.type !== 'relation') continue;
    mirror(world, page, property, []);
    page.values[property.id] = [];
  }
}
