import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import { findStatementStatistics } from './find-statement-statistics.ts';

export interface StatementCalls {
  readonly statements: readonly { readonly queryid: string; readonly calls: number; readonly query: string }[];
  /** When the counters began, as an ISO timestamp; null when the extension is too old to say. */
  readonly since: string | null;
  /** How often the least used statements were forgotten to make room; null when the extension is too old to say. */
  readonly dealloc: number | null;
}

/** Every query and change of data that pg_stat_statements has counted in this database, so that two readings can be compared; null when it cannot be read. */
export async function statementCalls(db: Queryable): Promise<StatementCalls | null> {
  const { view, ...rest } = await findStatementStatistics(db);
  if (view === null) return null;
  const info = 'info' in rest ? rest.info : null;
  const [began] = info
    ? await db.query<{ since: string | null; dealloc: number }>(sql`
        SELECT to_char(stats_reset AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS since,
               dealloc::float8 AS dealloc
          FROM ${info}`)
    : [];
  // Other statements may hold constants, passwords among them.
  const statements = await db.query<StatementCalls['statements'][number]>(sql`
    SELECT s.queryid::text AS queryid, sum(s.calls)::float8 AS calls, min(s.query) AS query
      FROM ${view} s
     WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND s.queryid IS NOT NULL
       AND s.query ~* ${'^(\\s|--[^\\n]*\\n|/\\*([^*]|\\*+[^*/])*\\*+/|\\()*(with|select|insert|update|delete|merge|values|table)\\M'}
     GROUP BY s.queryid`);
  return { statements, since: began?.since ?? null, dealloc: began?.dealloc ?? null };
}
