import type { Column, Index, Table } from '../catalog/catalog.ts';
import { notSupportedYet } from '../errors.ts';

/** Refuses what could not be carried over to the new column under its own name. */
export function refuseWhatIsNotSupported(table: Table, column: Column, changesType: boolean): void {
  const refuse = (what: string) => {
    throw notSupportedYet(
      what,
      'Nothing was changed. Change that part by hand first, or wait for a version that carries it along.',
    );
  };
  const of = `${table.name}.${column.name}`;
  const constraints = table.constraints.filter((c) => c.columns.includes(column.name) && c.type !== 'not null');
  if (column.identity) refuse(`${of} as an identity column`);
  if (column.generated) refuse(`${of} as a generated column`);
  if (table.children.length) refuse(`${table.name} with inheritance children`);
  for (const c of constraints) {
    if (c.type === 'primary') refuse(`${of} as part of the primary key`);
    if (c.type === 'exclusion') refuse(`${of} in the exclusion constraint ${c.name}`);
    if (c.deferrable) refuse(`${of} in the deferrable constraint ${c.name}`);
    if (changesType) refuse(`${of} in the constraint ${c.name}`);
  }
  for (const i of ownIndexes(table, column)) {
    if (changesType && (i.unique || i.columns.length !== i.dependsOn.length)) refuse(`${of} in the index ${i.name}`);
    if (table.kind === 'partitioned') refuse(`${of} in an index of a partitioned table`);
  }
  refuseUses(table, column, refuse);
}

/** Views and policies would go on reading the archived column; foreign keys would go on pointing at it. */
function refuseUses(table: Table, column: Column, refuse: (what: string) => void): void {
  const isUnique = table.constraints.some((c) => c.type === 'unique' && c.columns.includes(column.name));
  if (isUnique && table.referencedBy.length)
    refuse(`${table.name}.${column.name} as the possible target of a foreign key`);
  for (const d of table.dependants)
    if (d.columns.includes(column.name) && d.kind !== 'foreign key')
      refuse(`${table.name}.${column.name} used by the ${d.kind} ${d.name}`);
}

export const ownIndexes = (table: Table, column: Column): readonly Index[] =>
  table.indexes.filter((i) => i.dependsOn.includes(column.name) && !i.primary && i.valid);
