import { ident, qualified, sql, type RelationName, type Sql } from '../sql/sql.ts';
import type { ConcurrentStep, Risk } from './step.ts';

export interface NewIndex {
  readonly name: string;
  readonly table: RelationName;
  /** What follows `ON table`: method, columns, INCLUDE, WHERE. */
  readonly on: Sql;
  readonly unique: boolean;
}

/**
 * Builds an index while reads and writes go on. A try that failed leaves an invalid index behind, which keeps costing
 * every write: it is dropped before the next try, and only then.
 */
export function createIndexConcurrently({ name, table, on, unique }: NewIndex, risk: Risk): ConcurrentStep {
  const index: RelationName = { schema: table.schema, name };
  const found = sql`SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = ${index.schema} AND c.relname = ${index.name}`;
  const onTable = sql`i.indrelid = (SELECT t.oid FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace WHERE s.nspname = ${table.schema} AND t.relname = ${table.name})`;
  const drop = sql`DROP INDEX CONCURRENTLY IF EXISTS ${qualified(index)}`;
  return {
    slug: `index-${name}`,
    title: `Build the index ${name} on ${table.name}`,
    kind: 'concurrently',
    risk,
    sql: sql`CREATE ${unique ? sql`UNIQUE INDEX` : sql`INDEX`} CONCURRENTLY ${ident(name)} ON ${qualified(table)} ${on}`,
    locks: [{ relation: table, mode: 'SHARE UPDATE EXCLUSIVE', holds: 'build' }],
    undo: { sql: drop, locks: [{ relation: table, mode: 'SHARE UPDATE EXCLUSIVE', holds: 'instant' }] },
    done: sql`SELECT EXISTS (${found} AND i.indisvalid AND ${onTable}) AS done`,
    free: sql`SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${index.schema} AND c.relname = ${index.name}) AS free`,
    clean: { when: sql`SELECT EXISTS (${found} AND NOT i.indisvalid AND ${onTable}) AS found`, sql: drop },
  };
}
