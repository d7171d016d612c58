import { z } from 'zod';
import type { Catalog, Table } from '../catalog/catalog.ts';
import { notSupportedYet } from '../errors.ts';
import { checkExpression } from '../sql/expressions.ts';
import { derivedName } from '../sql/names.ts';
import { ident, join, raw, sql, type RelationName } from '../sql/sql.ts';
import { createIndexConcurrently } from '../steps/concurrent-index.ts';
import { createPartitionedIndex } from '../steps/partitioned-index.ts';
import { LARGE_TABLE_ROWS, low, medium } from '../steps/risk.ts';
import { noSteps } from '../steps/step.ts';
import { nameTaken } from './errors.ts';
import { name, tableName } from './fields.ts';
import { defineOperation } from './operation.ts';

const part = z.union([name, z.strictObject({ sql: z.string().min(1) })]);

const fields = z.strictObject({
  table: tableName,
  columns: z.array(part).min(1).meta({ description: 'Column names, or { sql: "lower(email)" } for an expression.' }),
  name: name.optional().meta({ description: 'The index; <table>_<columns>_idx when left out.' }),
  unique: z.boolean().default(false),
  method: z.enum(['btree', 'hash', 'gin', 'gist', 'brin', 'spgist']).default('btree'),
  include: z.array(name).default([]),
  where: z.string().min(1).optional().meta({ description: 'Only rows for which this holds.' }),
});
type Fields = z.output<typeof fields>;

const indexName = (f: Fields) =>
  f.name ?? derivedName(f.table.name, ...f.columns.map((c) => (typeof c === 'string' ? c : 'expr')), 'idx');

/** A partition's index is called as PostgreSQL would call it. */
function nameOn(f: Fields, table: RelationName, catalog: Catalog): RelationName {
  const { schema, name: tableName } = table;
  if (schema === f.table.schema && tableName === f.table.name) return { schema, name: indexName(f) };
  const columns = [...f.columns, ...f.include].map((c) => (typeof c === 'string' ? c : 'expr'));
  const usual = { schema, name: derivedName(tableName, ...columns, 'idx') };
  return catalog.has(usual) ? { schema, name: derivedName(indexName(f), schema, tableName) } : usual;
}

function definition(f: Fields) {
  const columns = f.columns.map((c) => {
    if (typeof c === 'string') return ident(c);
    checkExpression(c.sql, `the index ${indexName(f)}`);
    return sql`(${raw(c.sql)})`;
  });
  if (f.where !== undefined) checkExpression(f.where, `the index ${indexName(f)}`);
  const include = f.include.length ? sql` INCLUDE (${join(f.include.map(ident))})` : sql``;
  const where = f.where === undefined ? sql`` : sql` WHERE ${raw(f.where)}`;
  return sql`USING ${raw(f.method)} (${join(columns)})${include}${where}`;
}

/** What PostgreSQL would refuse once partitions are at work. */
function refusePartitions(f: Fields, table: Table): void {
  const foreign = table.kind === 'partitioned' && table.leaves.some((leaf) => leaf.fileNode === 0);
  if (foreign)
    throw notSupportedYet(
      `An index on ${table.name} with a foreign table for a partition`,
      'Build it on each other partition with a create_index of its own.',
    );
  const missing = f.unique ? table.partitionedBy.filter((column) => !f.columns.includes(column)) : [];
  if (missing.length)
    throw notSupportedYet(
      `A unique index on the partitioned table ${table.name} without ${missing.join(' and ')}`,
      'PostgreSQL asks for the columns of the partition key in it: add them.',
    );
}

/** An index, built while reads and writes go on. */
export const createIndex = defineOperation({
  kind: 'create_index',
  summary: 'Builds an index without blocking reads or writes.',
  fields,
  tables: (f) => [f.table],
  types: () => [],
  plan(f, catalog) {
    const table = catalog.table(f.table);
    const index = indexName(f);
    for (const column of [...f.columns.filter((c) => typeof c === 'string'), ...f.include])
      catalog.column(f.table, column);
    const wanted = { name: index, table: f.table, on: definition(f), unique: f.unique };
    if (catalog.has({ schema: f.table.schema, name: index })) throw nameTaken(f.table.schema, index);
    refusePartitions(f, table);
    const risk =
      table.rows > LARGE_TABLE_ROWS
        ? medium(
            'the build reads a large table twice and waits for older transactions',
            'It blocks neither reads nor writes, and a failed build is dropped and built again.',
          )
        : low('the build blocks neither reads nor writes', 'A failed build is dropped and built again.');
    const steps =
      table.kind === 'partitioned'
        ? createPartitionedIndex(wanted, table, (t) => nameOn(f, t, catalog), risk)
        : [createIndexConcurrently(wanted, risk)];
    return {
      phases: { ...noSteps, expand: steps },
      mappings: [],
      risks: [risk],
      newTables: [],
      removed: [],
      moves: [],
      notes: f.unique
        ? [
            'Rows that break the new uniqueness make the build fail: nothing is changed then, and the error names the index.',
          ]
        : [],
    };
  },
  project: (_fields, catalog) => catalog,
});
