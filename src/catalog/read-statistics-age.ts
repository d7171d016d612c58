import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';

/** For how many seconds this database's counters have been running; null when they were never reset and nobody knows. */
export async function readStatisticsAge(db: Queryable): Promise<number | null> {
  const rows = await db.query<{ seconds: number | null }>(sql`
    SELECT extract(epoch FROM now() - stats_reset)::float8 AS seconds
      FROM pg_stat_database
     WHERE datname = current_database()`);
  return rows[0]?.seconds ?? null;
}
