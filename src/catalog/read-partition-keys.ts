import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';

/** The columns, by name, that decide which partition a row lies in: of each table and of every partition that has partitions itself. */
export async function readPartitionKeys(
  db: Queryable,
  oids: readonly string[],
): Promise<ReadonlyMap<number, string[]>> {
  const rows = await db.query<{ table: number; columns: string[] }>(sql`
    WITH tree AS (
      SELECT asked.oid AS root, t.relid AS oid
        FROM unnest(${oids}::oid[]) AS asked (oid)
       CROSS JOIN LATERAL pg_partition_tree(asked.oid) AS t
       WHERE NOT t.isleaf
    )
    SELECT t.root AS "table", array_agg(DISTINCT a.attname::text ORDER BY a.attname::text) AS columns
      FROM tree t
      JOIN pg_partitioned_table p ON p.partrelid = t.oid
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0
       AND (a.attnum = ANY (p.partattrs::int2[]) OR EXISTS (
         SELECT FROM pg_depend d
          -- The columns of an expression depend on the table, so that none can be dropped by itself.
          WHERE d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.objsubid = a.attnum
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.refobjsubid = 0 AND d.deptype = 'i'))
     GROUP BY t.root`);
  return new Map(rows.map((row) => [row.table, row.columns]));
}
