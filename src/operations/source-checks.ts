import type { Column, Table } from '../catalog/catalog.ts';
import { notSupportedYet } from '../errors.ts';
import { columnsOf } from '../sql/expressions.ts';
import { ident, inline, join, qualified, type RelationName } from '../sql/sql.ts';

/** Refuses a table to which a column cannot be added, or whose column cannot be archived: it would fail halfway. */
export function refuseFixedTable(table: Table, column: Column): void {
  const of = `${table.name}.${column.name}`;
  const [rule] = table.updateRules ?? [];
  if (rule !== undefined)
    throw notSupportedYet(
      `${table.name} with the rule ${rule} ON UPDATE`,
      'It would rewrite our updates too, and PostgreSQL refuses those that return something. Make it a trigger.',
    );
  if (column.refusesNull)
    throw notSupportedYet(
      `${of} of ${column.type}, a domain that refuses NULL,`,
      `Code that does not know the column could insert no row: not from dual-write on, and not after contract. Let the table say it instead: ALTER TABLE ${table.name} ALTER COLUMN ${column.name} SET NOT NULL, then ALTER DOMAIN ${column.type} DROP NOT NULL, or drop its condition.`,
    );
  refuseUnprovenNotNull(table, column);
  const [parent] = table.parents;
  if (parent)
    throw notSupportedYet(
      `${table.name}, whose columns come from ${parent.name},`,
      `Name ${parent.schema}.${parent.name} in the migration: its partitions follow.`,
    );
  if (table.ofType !== null)
    throw notSupportedYet(
      `${table.name}, which is a table of the type ${table.ofType},`,
      `Make it a table of its own first: ALTER TABLE ${table.name} NOT OF.`,
    );
  if (table.leaves.some((leaf) => leaf.fileNode === 0))
    throw notSupportedYet(
      `${table.name} with a foreign table for a partition`,
      'Detach that partition first: its rows are stored elsewhere, and nothing here can sweep them.',
    );
  if (table.partitionedBy.includes(column.name))
    throw notSupportedYet(
      `${of}, which decides the partition of a row,`,
      'PostgreSQL cannot change a partition key: copy the rows to a new partitioned table instead.',
    );
  const generated = table.columns.find(
    (c) => c.generated && c.default !== null && columnsOf(c.default, c.name).includes(column.name),
  );
  if (generated)
    throw notSupportedYet(
      `${of}, from which ${generated.name} is generated,`,
      `${generated.name} would go on reading the archived column. Drop it first, and add it again over the new shape.`,
    );
  const own = table.onlyOnPartitions.find((part) => part.columns.includes(column.name));
  if (own)
    throw notSupportedYet(
      `${of} in the ${own.kind} ${own.name} of the partition ${own.partition.name} alone`,
      'Drop it first, or make it one of the whole partitioned table.',
    );
}

/** To readers it is a column that can be NULL; to whoever inserts a row, one that cannot: new code would have to know it for ever. */
function refuseUnprovenNotNull(table: Table, column: Column): void {
  const unproven = table.constraints.find(
    (c) => c.type === 'not null' && !c.validated && c.columns.join() === column.name,
  );
  if (unproven)
    throw notSupportedYet(
      `${table.name}.${column.name} with the constraint ${unproven.name}, a NOT NULL that is NOT VALID,`,
      `Prove it first: ALTER TABLE ${table.name} VALIDATE CONSTRAINT ${unproven.name}. Or drop it.`,
    );
}

/** PostgreSQL refuses every UPDATE of a published table whose rows subscribers could not find. */
export function refuseUnidentified(table: Table): void {
  const identified =
    table.replicaIdentity === 'full' ||
    table.replicaIdentity === 'index' ||
    (table.replicaIdentity === 'default' && table.indexes.some((i) => i.primary));
  if (table.publications.length && !identified)
    throw notSupportedYet(
      `${table.name}, which ${table.publications.join(', ')} publishes without a replica identity,`,
      `PostgreSQL refuses to update it, and existing rows must be updated. First: ALTER TABLE ${table.name} REPLICA IDENTITY FULL.`,
    );
}

/** Logical replication carries no DDL: what a person must do on the other side, and when. */
export const publicationNotes = (
  table: Table,
  added: { readonly column: string } | { readonly tables: readonly RelationName[] },
): readonly string[] => [
  ...(table.publications.length
    ? [
        `A publication FOR ALL TABLES publishes the journal's tables too: create them, empty, on its subscribers before expand.`,
      ]
    : []),
  ...table.publications.map((publication) =>
    'column' in added
      ? `${publication} publishes ${table.name}: add ${added.column} on every subscriber before expand, and the archived column's name before contract; else its replication stops.`
      : `${publication} publishes ${table.name}: add the archived column's name on every subscriber before contract; else its replication stops. It does not publish the new tables unless it is FOR ALL TABLES or of their schema. When the subscribers have them: ALTER PUBLICATION ${inline(ident(publication))} ADD TABLE ${inline(join(added.tables.map(qualified)))};`,
  ),
];
