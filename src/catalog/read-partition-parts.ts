import type { Queryable } from '../database/database.ts';
import { sql, type RelationName } from '../sql/sql.ts';
import type { OnPartition } from './catalog.ts';
import { groupByTable } from './group-by-table.ts';

type Row = Omit<OnPartition, 'partition'> & RelationName & { readonly table: number; readonly object: string };

/** Indexes and constraints that partitions do not have from their parent; NOT NULL counts as the column's. */
export async function readPartitionParts(
  db: Queryable,
  oids: readonly string[],
): Promise<ReadonlyMap<number, OnPartition[]>> {
  const rows = await db.query<Row>(sql`
    WITH part AS (
      SELECT asked.oid AS root, t.relid AS oid
        FROM unnest(${oids}::oid[]) AS asked (oid)
       CROSS JOIN LATERAL pg_partition_tree(asked.oid) AS t
       WHERE t.relid <> asked.oid
    ), own AS (
      SELECT p.root, p.oid AS partition, 'index' AS kind, c.relname AS object, 'pg_class'::regclass AS class, c.oid
        FROM part p
        JOIN pg_index x ON x.indrelid = p.oid
        JOIN pg_class c ON c.oid = x.indexrelid
       WHERE NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = x.indexrelid)
         AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
       UNION ALL
      SELECT p.root, p.oid, 'constraint', k.conname, 'pg_constraint'::regclass, k.oid
        FROM part p
        JOIN pg_constraint k ON k.conrelid = p.oid
       WHERE k.conparentid = 0 AND k.coninhcount = 0 AND k.contype IN ('p', 'u', 'f', 'c', 'x')
    )
    SELECT o.root AS "table", o.kind, o.object::text AS object, n.nspname::text AS schema, c.relname::text AS name,
           ARRAY(
             SELECT DISTINCT a.attname::text
               FROM pg_depend d
               JOIN pg_attribute a ON a.attrelid = o.partition AND a.attnum = d.refobjsubid
              WHERE d.classid = o.class AND d.objid = o.oid AND d.refclassid = 'pg_class'::regclass
                AND d.refobjid = o.partition AND d.refobjsubid > 0
              ORDER BY 1
           ) AS columns
      FROM own o
      JOIN pg_class c ON c.oid = o.partition
      JOIN pg_namespace n ON n.oid = c.relnamespace
     ORDER BY 1, 4, 5, 3`);
  return groupByTable<OnPartition>(
    rows.map(({ object, schema, name, ...row }) => ({ ...row, name: object, partition: { schema, name } })),
  );
}
