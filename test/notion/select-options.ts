import type { Fields } from './check.ts';
import { invalid } from './errors.ts';
import type { Option, Property } from './state.ts';
import { newId, type World } from './world.ts';

const optionsOf = ({ config }: Property): readonly Option[] => (config['options'] ?? []) as readonly Option[];

/** The option that is meant. A select learns one that it does not know; a status refuses. */
export function withOption(world: World, property: Property, { id, name }: Fields): Fields {
  const options = optionsOf(property);
  const known = options.find((option) => (typeof id === 'string' ? option.id === id : option.name === name));
  if (known) return shown(known);
  if (property.type === 'status' || typeof name !== 'string') throw unknownOption(property, String(name ?? id));
  if (name.includes(',')) throw invalid(`Invalid select option, commas not allowed: ${name}`);
  const option = newOption(world, { name });
  property.config = { ...property.config, options: [...options, option] };
  return shown(option);
}

const shown = ({ id, name, color }: Option): Fields => ({ id, name, color });

const unknownOption = (property: Property, value: string) =>
  invalid(
    `Invalid ${property.type} value for property '${property.name}': '${value}'. Value must be one of the following: ${optionsOf(
      property,
    )
      .map(({ name }) => `'${name}'`)
      .join(', ')}.`,
  );

export const newOption = (world: World, { name, color, description }: Fields): Option => ({
  id: newId(world),
  name: String(name),
  color: typeof color === 'string' ? color : 'default',
  description: typeof description === 'string' ? description : null,
});

/** What the API makes of the options that a change lists: those left out are gone. */
export function changedOptions(world: World, property: Property, wanted: readonly Fields[]): readonly Option[] {
  const old = optionsOf(property);
  return wanted.map((option) => {
    const known = old.find(({ id, name }) =>
      typeof option['id'] === 'string' ? id === option['id'] : name === option['name'],
    );
    if (!known) return newOption(world, option);
    if (typeof option['color'] === 'string' && option['color'] !== known.color)
      throw invalid(`Cannot update color of select with id: ${known.id}.`);
    const renamed = property.type !== 'status' && typeof option['name'] === 'string' ? { name: option['name'] } : {};
    return { ...known, ...renamed };
  });
}

const groupNames = { 'To-do': 'gray', 'In progress': 'blue', Complete: 'green' } as const;

/** A status property's configuration: its options by group. */
export function statusConfig(world: World, groups: Readonly<Record<string, readonly Option[]>>): Fields {
  return {
    options: Object.values(groups).flat(),
    groups: Object.entries(groupNames).map(([name, color]) => ({
      id: newId(world),
      name,
      color,
      option_ids: (groups[name] ?? []).map(({ id }) => id),
    })),
  };
}

export const defaultStatus = (world: World): Fields =>
  statusConfig(world, {
    'To-do': [newOption(world, { name: 'Not started' })],
    'In progress': [newOption(world, { name: 'In progress', color: 'blue' })],
    Complete: [newOption(world, { name: 'Done', color: 'green' })],
  });
