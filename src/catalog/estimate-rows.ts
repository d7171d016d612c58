import type { Queryable } from '../database/database.ts';
import { qualified, sql, type RelationName } from '../sql/sql.ts';

interface Explained {
  readonly 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[];
}

/** The planner's own guess, partitions included: it knows the table's size even before the first ANALYZE. */
export async function estimateRows(db: Queryable, table: RelationName): Promise<number> {
  const rows = await db.query<Explained>(sql`EXPLAIN (FORMAT JSON) SELECT FROM ${qualified(table)}`);
  return rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
}
