import type { Catalog, Column, Index, Table } from '../catalog/catalog.ts';
import { notSupportedYet } from '../errors.ts';
import { refuseFixedTable, refuseUnidentified } from './source-checks.ts';

/** Refuses what could not be carried over to the new column under its own name. */
export function refuseWhatIsNotSupported(table: Table, column: Column, changesType: boolean, major: number): void {
  const refuse = (what: string) => {
    throw notSupportedYet(
      what,
      'Nothing was changed. Change that part by hand first, or wait for a version that carries it along.',
    );
  };
  const of = `${table.name}.${column.name}`;
  if (column.identity) refuse(`${of} as an identity column`);
  if (column.generated) refuse(`${of} as a generated column`);
  refuseFixedTable(table, column);
  refuseUnidentified(table);
  if (table.children.length) refuse(`${table.name} with inheritance children`);
  refuseConstraints(table, column, changesType, major, refuse);
  refuseIndexes(table, column, changesType, refuse);
  refuseUses(table, column, refuse);
}

type Refuse = (what: string) => void;

function refuseConstraints(table: Table, column: Column, changesType: boolean, major: number, refuse: Refuse): void {
  const of = `${table.name}.${column.name}`;
  const constraints = table.constraints.filter((c) => c.columns.includes(column.name) && c.type !== 'not null');
  for (const c of constraints) {
    if (c.type === 'primary') refuse(`${of} as part of the primary key`);
    if (c.type === 'exclusion') refuse(`${of} in the exclusion constraint ${c.name}`);
    // NOT VALID came with 18 for foreign keys of partitioned tables; without it the scan would stop all writes.
    if (c.type === 'foreign' && table.kind === 'partitioned' && major < 18)
      refuse(`${of} in the foreign key ${c.name} of a partitioned table (before PostgreSQL 18)`);
    // Where its trigger fires first it would take the new column's default, which is NULL until contract.
    if (c.type === 'foreign' && / SET DEFAULT\b/.test(c.definition))
      refuse(`${of} in the foreign key ${c.name} with SET DEFAULT`);
    if (/ WITHOUT OVERLAPS\)/.test(c.definition)) refuse(`${of} in the constraint ${c.name} WITHOUT OVERLAPS`);
    if (c.deferrable) refuse(`${of} in the deferrable constraint ${c.name}`);
    if (changesType) refuse(`${of} in the constraint ${c.name}`);
  }
}

function refuseIndexes(table: Table, column: Column, changesType: boolean, refuse: Refuse): void {
  const of = `${table.name}.${column.name}`;
  for (const i of ownIndexes(table, column)) {
    if (changesType && (i.unique || i.columns.length !== i.dependsOn.length)) refuse(`${of} in the index ${i.name}`);
    if (i.replicaIdentity)
      throw notSupportedYet(
        `${of} in the replica identity ${i.name}`,
        `Take another one for the time being: ALTER TABLE ${table.name} REPLICA IDENTITY FULL.`,
      );
    if (table.kind === 'partitioned') refuse(`${of} in an index of a partitioned table`);
  }
}

/** Views and policies would go on reading the archived column; foreign keys would go on pointing at it. */
function refuseUses(table: Table, column: Column, refuse: Refuse): void {
  const isUnique = table.constraints.some((c) => c.type === 'unique' && c.columns.includes(column.name));
  if (isUnique && table.referencedBy.length)
    refuse(`${table.name}.${column.name} as the possible target of a foreign key`);
  for (const d of table.dependants)
    if (d.columns.includes(column.name) && d.kind !== 'foreign key')
      refuse(`${table.name}.${column.name} used by the ${d.kind} ${d.name}`);
}

/** Nothing of a column that is NULL everywhere needs a check; PostgreSQL rewrites the table all the same, locked against everybody. */
export function refuseCheckedDomain(type: string, catalog: Catalog): void {
  if (catalog.checkedDomains.includes(type))
    throw notSupportedYet(
      `A new column of ${type}, a domain with conditions,`,
      'PostgreSQL would rewrite the whole table for it, locked against reads and writes. Change the column to the type that the domain is made of (change_column_type), and add its conditions as a CHECK that is NOT VALID.',
    );
}

export const ownIndexes = (table: Table, column: Column): readonly Index[] =>
  table.indexes.filter((i) => i.dependsOn.includes(column.name) && !i.primary && i.valid);
