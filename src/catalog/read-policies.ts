import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';

/** The names of the row-level security policies of each table. */
export async function readPolicies(db: Queryable, oids: readonly string[]): Promise<ReadonlyMap<number, string[]>> {
  const rows = await db.query<{ table: number; names: string[] }>(sql`
    SELECT polrelid AS "table", array_agg(polname::text ORDER BY polname) AS names
      FROM pg_policy
     WHERE polrelid = ANY (${oids}::oid[])
     GROUP BY polrelid`);
  return new Map(rows.map((row) => [row.table, row.names]));
}
