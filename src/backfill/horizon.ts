import type { Queryable } from '../database/database.ts';
import type { Blocker } from '../events.ts';
import { sql } from '../sql/sql.ts';

interface Older extends Blocker {
  readonly transaction: string;
}

/** Every transaction of this database that may have read or written by now, prepared ones included: once these have ended, all that run have seen what was committed before. */
export interface Horizon {
  readonly transactions: readonly Older[];
}

/**
 * As CREATE INDEX CONCURRENTLY waits, but seen from pg_locks, which any role may read. A transaction with neither a snapshot nor
 * an xid nor a write lock is left out where we may see that: its next statement begins afresh.
 */
const running = (db: Queryable) =>
  db.query<Older>(sql`
    SELECT a.pid, a.usename AS "user", a.application_name AS application, a.state, l.virtualtransaction AS transaction,
           extract(epoch FROM clock_timestamp() - a.xact_start) * 1000 AS "transactionMs"
      FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'virtualxid' AND l.granted AND l.mode = 'ExclusiveLock' AND l.pid <> pg_backend_pid()
       AND a.datname = current_database() AND a.backend_type IS DISTINCT FROM 'autovacuum worker'
       AND (a.backend_xid IS NOT NULL OR a.backend_xmin IS NOT NULL
            OR NOT pg_has_role('pg_read_all_stats', 'USAGE')
            OR EXISTS (SELECT FROM pg_catalog.pg_locks w WHERE w.pid = l.pid AND w.locktype = 'relation' AND w.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')))
    UNION ALL
    SELECT 0, owner, gid, 'prepared', 'prepared ' || gid, extract(epoch FROM clock_timestamp() - prepared) * 1000
      FROM pg_catalog.pg_prepared_xacts WHERE database = current_database()`);

export const takeHorizon = async (db: Queryable): Promise<Horizon> => ({ transactions: await running(db) });

/** Those of the horizon that are still running; none when it has passed. */
export async function stillRunning(db: Queryable, horizon: Horizon): Promise<readonly Blocker[]> {
  if (!horizon.transactions.length) return [];
  const wanted = new Set(horizon.transactions.map((t) => `${t.pid} ${t.transaction}`));
  return (await running(db)).filter((t) => wanted.has(`${t.pid} ${t.transaction}`));
}
