import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import type { Server } from './catalog.ts';

/** The server, this role and what it may set. */
export async function readServer(db: Queryable): Promise<Server> {
  const versionNumber = await readVersionNumber(db);
  // GRANT SET ON PARAMETER came with 15; asking an older server is a syntax error.
  const maySet = versionNumber >= 150_000 ? sql`has_parameter_privilege('deadlock_timeout', 'SET')` : sql`me.rolsuper`;
  const servers = await db.query<Server>(sql`
    SELECT ${versionNumber}::int AS "versionNumber",
           ${Math.floor(versionNumber / 10_000)}::int AS major,
           current_database()::text AS database,
           current_user::text AS "user",
           me.rolsuper AS superuser,
           me.rolsuper OR me.rolbypassrls AS "bypassesRowSecurity",
           pg_is_in_recovery() AS standby,
           (SELECT setting::int FROM pg_settings WHERE name = 'deadlock_timeout') AS "deadlockTimeoutMs",
           ${maySet} AS "maySetDeadlockTimeout",
           EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements') AS "statementsInstalled",
           (SELECT coalesce(jsonb_agg(jsonb_build_object('name', e.evtname, 'function', p.oid::regprocedure::text) ORDER BY e.evtname), '[]')
              FROM pg_event_trigger e
              JOIN pg_proc p ON p.oid = e.evtfoid
              JOIN pg_language l ON l.oid = p.prolang AND l.lanname NOT IN ('c', 'internal')
             WHERE e.evtenabled IN ('O', 'A') AND e.evtevent <> 'login'
               AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS s WHERE s LIKE 'search_path=%')) AS "eventTriggers"
      FROM pg_roles me
     WHERE me.rolname = current_user`);
  return servers[0] as Server;
}

/** 180004 for 18.4. */
export async function readVersionNumber(db: Queryable): Promise<number> {
  const rows = await db.query<{ number: number }>(sql`SELECT current_setting('server_version_num')::int AS number`);
  return rows[0]?.number ?? 0;
}
