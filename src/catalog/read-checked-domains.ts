import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';

/** Domains that check their values: a new column of one makes PostgreSQL rewrite the whole table. */
export const readCheckedDomains = async (db: Queryable): Promise<string[]> => {
  const rows = await db.query<{ type: string }>(sql`
    WITH RECURSIVE checked AS (
      SELECT t.oid
        FROM pg_type t
       WHERE t.typtype = 'd' AND (t.typnotnull OR EXISTS (SELECT FROM pg_constraint c WHERE c.contypid = t.oid))
       UNION
      SELECT t.oid
        FROM pg_type t
        JOIN checked c ON t.typtype = 'd' AND t.typbasetype = c.oid
    )
    SELECT format_type(oid, NULL) AS type FROM checked ORDER BY 1`);
  return rows.map(({ type }) => type);
};
