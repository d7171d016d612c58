import type { Queryable } from '../database/database.ts';
import { sql, type RelationName } from '../sql/sql.ts';
import { groupByTable } from './group-by-table.ts';

/** Plain inheritance children at any depth; partitions are leaves, not children. */
export const readChildren = async (
  db: Queryable,
  oids: readonly string[],
): Promise<ReadonlyMap<number, RelationName[]>> =>
  groupByTable(
    await db.query<RelationName & { table: number }>(sql`
      WITH RECURSIVE child AS (
        SELECT i.inhparent AS root, i.inhrelid AS oid
          FROM pg_inherits i
         WHERE i.inhparent = ANY (${oids}::oid[])
         UNION
        SELECT h.root, i.inhrelid
          FROM child h
          JOIN pg_inherits i ON i.inhparent = h.oid
      )
      SELECT h.root AS "table", n.nspname::text AS schema, c.relname::text AS name
        FROM child h
        JOIN pg_class c ON c.oid = h.oid AND NOT c.relispartition
        JOIN pg_namespace n ON n.oid = c.relnamespace
       ORDER BY 1, 2, 3`),
  );
