import type { Fields } from './check.ts';
import { invalid } from './errors.ts';
import { findProperty } from './property-values.ts';
import { changedOptions, defaultStatus, newOption, statusConfig } from './select-options.ts';
import { plainTitle } from './titles.ts';
import type { DataSource, Option, Property } from './state.ts';
import { find, shortId, type World } from './world.ts';

/** Adds properties to a data source, as it is created or changed. */
export function addProperty(world: World, source: DataSource, name: string, request: Fields): void {
  const type = typeOf(request);
  if (type === 'title' && source.properties.some((property) => property.type === 'title'))
    throw invalid('Cannot create new title property.');
  const property: Property = {
    id: type === 'title' ? 'title' : shortId(world),
    name,
    type,
    description: typeof request['description'] === 'string' ? request['description'] : null,
    config: {},
  };
  source.properties.push(property);
  property.config = configurations[type]?.(world, request[type] as Fields, source, property) ?? {};
}

const typeOf = (request: Fields): string =>
  Object.keys(request).find((key) => !['name', 'description', 'type'].includes(key)) ?? '';

type Configure = (world: World, wanted: Fields, source: DataSource, property: Property) => Fields;

const options: Configure = (world, wanted) => ({
  options: ((wanted['options'] ?? []) as Fields[]).map((option) => newOption(world, option)),
});

const configurations: Readonly<Record<string, Configure>> = {
  number: (_, { format = 'number' }) => ({ format }),
  formula: (_, { expression = '' }) => ({ expression }),
  unique_id: (_, { prefix = null }) => ({ prefix }),
  select: options,
  multi_select: options,
  status: (world, wanted) => {
    const wantedOptions = wanted['options'] as Fields[] | undefined;
    if (!wantedOptions) return defaultStatus(world);
    return statusConfig(world, { 'To-do': wantedOptions.map((option) => newOption(world, option)) });
  },
  relation: (world, wanted, source, property) => relationConfig(world, source, property, wanted),
  rollup: (world, wanted, source) => rollupConfig(world, source, wanted),
};

function relationConfig(world: World, source: DataSource, property: Property, wanted: Fields): Fields {
  const target = find(world, ['data source'], String(wanted['data_source_id']));
  const ends = (other: DataSource) => ({ data_source_id: other.id, database_id: databaseOf(other) });
  if (wanted['single_property']) return { ...ends(target), type: 'single_property', single_property: {} };
  const { synced_property_name: given } = wanted['dual_property'] as Fields;
  const name = typeof given === 'string' ? given : `Related to ${plainTitle(source)} (${property.name})`;
  if (findProperty(target.properties, name)) throw invalid(`Cannot create property ${name}: it exists.`);
  const id = shortId(world);
  const back = { synced_property_id: property.id, synced_property_name: property.name };
  const config = { ...ends(source), type: 'dual_property', dual_property: back };
  target.properties.push({ id, name, type: 'relation', description: null, config });
  const forth = { synced_property_id: id, synced_property_name: name };
  return { ...ends(target), type: 'dual_property', dual_property: forth };
}

const databaseOf = ({ parent }: DataSource): string => (parent.type === 'database_id' ? parent.id : '');

function rollupConfig({ state }: World, source: DataSource, wanted: Fields): Fields {
  const named = (properties: readonly Property[], kind: string): Property => {
    const key = String(wanted[`${kind}_id`] ?? wanted[`${kind}_name`]);
    const property = findProperty(properties, key);
    if (!property) throw unknownProperty(key);
    return property;
  };
  const relation = named(source.properties, 'relation_property');
  const target = state.things[String(relation.config['data_source_id'])];
  const rolled = named(target?.kind === 'data source' ? target.properties : [], 'rollup_property');
  return {
    function: wanted['function'],
    relation_property_id: relation.id,
    relation_property_name: relation.name,
    rollup_property_id: rolled.id,
    rollup_property_name: rolled.name,
  };
}

export const unknownProperty = (key: string) => invalid(`Could not find property with name or id: ${key}`);

/** With its other side, where it has one. */
function remove({ state }: World, source: DataSource, property: Property): void {
  source.properties = source.properties.filter((other) => other !== property);
  const target = state.things[String(property.config['data_source_id'])];
  const synced = (property.config['dual_property'] as Fields | undefined)?.['synced_property_id'];
  if (target?.kind === 'data source') target.properties = target.properties.filter(({ id }) => id !== synced);
}

/** Adds what is not there, renames, changes options, and takes away what is null. */
export function changeProperty(world: World, source: DataSource, key: string, request: Fields | null): void {
  const property = findProperty(source.properties, key);
  if (request === null) {
    if (!property) throw unknownProperty(key);
    if (property.type === 'title') throw invalid('Cannot delete title property.');
    remove(world, source, property);
    return;
  }
  const type = typeOf(request);
  if (!property) {
    if (type === '') throw unknownProperty(key);
    addProperty(world, source, key, request);
    return;
  }
  if (typeof request['name'] === 'string') property.name = request['name'];
  if (typeof request['description'] === 'string') property.description = request['description'];
  if (type === '') return;
  if (type !== property.type) throw invalid(`Cannot change type of property ${property.name}.`);
  property.config = changedConfig(world, property, request[type] as Fields);
}

function changedConfig(world: World, property: Property, wanted: Fields): Fields {
  const { options } = wanted;
  if (options === undefined) return { ...property.config, ...wanted };
  const changed = changedOptions(world, property, options as Fields[]);
  if (property.type !== 'status') return { options: changed };
  return { options: changed, groups: regrouped(property.config['groups'] as Fields[], changed) };
}

/** What no group knows is to do. */
function regrouped(groups: readonly Fields[], options: readonly Option[]): Fields[] {
  const known = new Set(groups.flatMap((group) => group['option_ids'] as string[]));
  const ids = options.map(({ id }) => id);
  return groups.map((group, i) => ({
    ...group,
    option_ids: [
      ...(group['option_ids'] as string[]).filter((id) => ids.includes(id)),
      ...(i === 0 ? ids.filter((id) => !known.has(id)) : []),
    ],
  }));
}
