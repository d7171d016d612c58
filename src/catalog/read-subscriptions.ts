import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';

/** The subscriptions that write to each table, or to a partition of it; names come from a view, since pg_subscription is not everybody's to read. */
export async function readSubscriptions(
  db: Queryable,
  oids: readonly string[],
): Promise<ReadonlyMap<number, string[]>> {
  const rows = await db.query<{ table: number; names: string[] }>(sql`
    WITH RECURSIVE below AS (
      SELECT oid AS root, oid AS member
        FROM unnest(${oids}::oid[]) AS asked (oid)
       UNION
      SELECT b.root, i.inhrelid
        FROM below b
        JOIN pg_inherits i ON i.inhparent = b.member
    )
    SELECT b.root AS "table", array_agg(DISTINCT s.subname::text ORDER BY s.subname::text) AS names
      FROM below b
      JOIN pg_subscription_rel r ON r.srrelid = b.member
      JOIN pg_stat_subscription s ON s.subid = r.srsubid
     GROUP BY b.root`);
  return new Map(rows.map((row) => [row.table, row.names]));
}
