import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import type { Leaf } from './catalog.ts';
import { groupByTable } from './group-by-table.ts';

/** A leaf with the sizes and counts its table adds up. */
export interface LeafRow extends Leaf {
  /** -1 before the first ANALYZE. */
  readonly rows: number;
  readonly bytes: number;
  readonly indexBytes: number;
  readonly writes: number;
}

/** Where the rows of each table are stored: the table itself, or its leaf partitions at any depth. A foreign partition has file node 0. */
export const readLeaves = async (db: Queryable, oids: readonly string[]): Promise<ReadonlyMap<number, LeafRow[]>> =>
  groupByTable(
    await db.query<LeafRow & { table: number }>(sql`
      WITH RECURSIVE part AS (
        SELECT c.oid AS root, c.oid, c.relkind
          FROM pg_class c
         WHERE c.oid = ANY (${oids}::oid[])
         UNION ALL
        SELECT p.root, c.oid, c.relkind
          FROM part p
          JOIN pg_inherits i ON i.inhparent = p.oid AND NOT i.inhdetachpending
          JOIN pg_class c ON c.oid = i.inhrelid
         WHERE p.relkind = 'p'
      )
      SELECT p.root AS "table",
             n.nspname::text AS schema,
             c.relname::text AS name,
             c.oid,
             coalesce(pg_relation_filenode(c.oid), 0) AS "fileNode",
             (pg_relation_size(c.oid) / current_setting('block_size')::int)::float8 AS pages,
             c.reltuples::float8 AS rows,
             pg_table_size(c.oid)::float8 AS bytes,
             pg_indexes_size(c.oid)::float8 AS "indexBytes",
             (pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid)
               + pg_stat_get_tuples_deleted(c.oid))::float8 AS writes
        FROM part p
        JOIN pg_class c ON c.oid = p.oid
        JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE p.relkind <> 'p'
       ORDER BY p.root, n.nspname, c.relname`),
  );
