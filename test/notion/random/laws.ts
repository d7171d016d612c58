import type { Fields } from '../check.ts';
import type { State } from '../state.ts';

/** What is wrong with a workspace, whatever was asked of it. */
export function flawsOf({ things, children }: State): readonly string[] {
  const listed = Object.entries(children).flatMap(([parent, ids]) => ids.map((id) => ({ parent, id })));
  const flaws = listed.flatMap(({ parent, id }) => {
    const thing = things[id];
    if (!thing) return [`${parent} lists ${id}, which is not there`];
    return thing.parent.type === 'workspace' || thing.parent.id !== parent ? [`${parent} lists ${id} of another`] : [];
  });
  for (const thing of Object.values(things)) {
    const times = listed.filter(({ id }) => id === thing.id).length;
    if (times !== (thing.parent.type === 'workspace' ? 0 : 1))
      flaws.push(`${thing.kind} ${thing.id} is listed ${times} times`);
    if (thing.kind === 'data source') flaws.push(...relationFlaws(things, thing.id));
    if (thing.kind === 'block' && thing.type === 'table')
      for (const row of children[thing.id] ?? []) flaws.push(...widthFlaws(things, thing.content, row));
  }
  return flaws;
}

function widthFlaws(things: State['things'], table: Fields, row: string): string[] {
  const block = things[row];
  const cells = block?.kind === 'block' ? (block.content['cells'] as unknown[]) : [];
  return cells.length === table['table_width'] ? [] : [`row ${row} has ${cells.length} cells`];
}

/** Each side of a relation names the other. */
function relationFlaws(things: State['things'], source: string): string[] {
  const thing = things[source];
  const relations = thing?.kind === 'data source' ? thing.properties : [];
  return relations.flatMap(({ id, config }) => {
    const other = (config['dual_property'] as Fields | undefined)?.['synced_property_id'];
    if (typeof other !== 'string') return [];
    return Object.values(things).flatMap((page) => {
      if (page.kind !== 'page' || page.parent.type !== 'data_source_id' || page.parent.id !== source) return [];
      const targets = (page.values[id] ?? []) as readonly string[];
      return targets
        .filter((target) => {
          const there = things[target];
          return there?.kind !== 'page' || !((there.values[other] ?? []) as readonly string[]).includes(page.id);
        })
        .map((target) => `${page.id} names ${target}, which does not name it back`);
    });
  });
}
