import { createHash } from 'node:crypto';
import type { Column, Index, Table } from './catalog.ts';

/** SHA-256 of a table's shape: equal for as long as nobody changes its definition, whatever its size, its storage and its partitions do. */
export const fingerprint = (table: Table): string =>
  createHash('sha256')
    .update(canonical(shapeOf(table)))
    .digest('hex');

const shapeOf = (table: Table) => ({
  schema: table.schema,
  name: table.name,
  kind: table.kind,
  owner: table.owner,
  unlogged: table.unlogged,
  comment: table.comment,
  columns: table.columns.map(columnShape),
  constraints: unordered(table.constraints),
  indexes: unordered(table.indexes.map(indexShape)),
  triggers: unordered(table.triggers),
  grants: unordered(table.grants),
  rowSecurity: table.rowSecurity,
  forceRowSecurity: table.forceRowSecurity,
  policies: unordered(table.policies),
  ...(table.policyRules ? { policyRules: unordered(table.policyRules) } : {}),
  referencedBy: unordered(table.referencedBy),
  dependants: unordered(table.dependants),
  publications: unordered(table.publications),
  subscriptions: unordered(table.subscriptions),
  replicaIdentity: table.replicaIdentity,
  children: unordered(table.children),
});

/** A column's number counts columns dropped long ago, and statistics move by themselves; what a domain refuses was not always read. */
const columnShape = ({ refusesNull: _, ...column }: Column) => ({
  ...column,
  number: null,
  averageWidth: null,
  nullShare: null,
});

const indexShape = (index: Index) => ({ ...index, bytes: null });

/** Lists whose order means nothing come from queries sorted by the database's own collation. */
const unordered = (items: readonly unknown[]): string[] => items.map(canonical).sort();

/** JSON with the keys of every object in order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
