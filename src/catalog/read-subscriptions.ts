import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';

/** The subscriptions that write to each table; names come from a view, since pg_subscription is not everybody's to read. */
export async function readSubscriptions(
  db: Queryable,
  oids: readonly string[],
): Promise<ReadonlyMap<number, string[]>> {
  const rows = await db.query<{ table: number; names: string[] }>(sql`
    SELECT r.srrelid AS "table", array_agg(DISTINCT s.subname::text ORDER BY s.subname::text) AS names
      FROM pg_subscription_rel r
      JOIN pg_stat_subscription s ON s.subid = r.srsubid
     WHERE r.srrelid = ANY (${oids}::oid[])
     GROUP BY r.srrelid`);
  return new Map(rows.map((row) => [row.table, row.names]));
}
