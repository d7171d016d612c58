import type { Queryable } from '../database/database.ts';
import { sql, type RelationName } from '../sql/sql.ts';
import type { Partition } from './catalog.ts';
import { groupByTable } from './group-by-table.ts';

type Row = RelationName &
  Pick<Partition, 'leaf'> & { readonly table: number; readonly parentSchema: string; readonly parentName: string };

/** Every partition at any depth, parents first. */
export async function readPartitions(
  db: Queryable,
  oids: readonly string[],
): Promise<ReadonlyMap<number, Partition[]>> {
  const rows = await db.query<Row>(sql`
    SELECT asked.oid AS "table", n.nspname::text AS schema, c.relname::text AS name, t.isleaf AS leaf,
           pn.nspname::text AS "parentSchema", p.relname::text AS "parentName"
      FROM unnest(${oids}::oid[]) AS asked (oid)
     CROSS JOIN LATERAL pg_partition_tree(asked.oid) AS t
      JOIN pg_class c ON c.oid = t.relid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_class p ON p.oid = t.parentrelid
      JOIN pg_namespace pn ON pn.oid = p.relnamespace
     WHERE t.level > 0
     ORDER BY asked.oid, t.level, n.nspname, c.relname`);
  return groupByTable<Partition>(
    rows.map(({ parentSchema, parentName, ...row }) => ({
      ...row,
      parent: { schema: parentSchema, name: parentName },
    })),
  );
}
