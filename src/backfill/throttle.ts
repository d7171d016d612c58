import type { Queryable } from '../database/database.ts';
import type { Throttle } from '../events.ts';
import type { Settings } from '../journal/journal.ts';
import { sql } from '../sql/sql.ts';

export interface Limits {
  readonly workers: number;
  readonly chunkMs: number;
  readonly maxRowsPerSecond: number | null;
  readonly maxReplicaLagMs: number;
  readonly maxWalBytesPerSecond: number | null;
  readonly maxTransactionAgeMs: number | null;
}

export const defaultLimits: Limits = {
  workers: 2,
  chunkMs: 80,
  maxRowsPerSecond: 40_000,
  maxReplicaLagMs: 10_000,
  maxWalBytesPerSecond: null,
  maxTransactionAgeMs: null,
};

/** What `tune` changed goes before what the migration says. */
export const withSettings = (limits: Limits, settings: Settings): Limits => ({ ...limits, ...settings });

interface Load {
  readonly replicaLagMs: number;
  readonly waitingForUs: number;
  readonly oldestMs: number;
  readonly walBytes: number;
}

/** The server's load, as far as our role may see it. */
const readLoad = async (db: Queryable): Promise<Load> => {
  const [load] = await db.query<Load>(sql`
    SELECT coalesce((SELECT extract(epoch FROM max(replay_lag)) * 1000 FROM pg_catalog.pg_stat_replication), 0)::float8 AS "replicaLagMs",
           (SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.wait_event_type = 'Lock' AND a.application_name NOT LIKE 'lockkeeper %'
               AND EXISTS (SELECT FROM pg_catalog.pg_stat_activity o WHERE o.pid = ANY (pg_catalog.pg_blocking_pids(a.pid)) AND o.application_name LIKE 'lockkeeper % worker')) AS "waitingForUs",
           coalesce((SELECT extract(epoch FROM max(clock_timestamp() - xact_start)) * 1000 FROM pg_catalog.pg_stat_activity WHERE backend_xmin IS NOT NULL AND datname = current_database()), 0)::float8 AS "oldestMs",
           pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::float8 AS "walBytes"`);
  return load ?? { replicaLagMs: 0, waitingForUs: 0, oldestMs: 0, walBytes: 0 };
};

/** Says, each time it is asked, whether the backfill must pause, and why. */
export class LoadWatch {
  #last: { readonly at: number; readonly walBytes: number } | null = null;

  async reason(db: Queryable, limits: Limits, now: number): Promise<Throttle> {
    const load = await readLoad(db);
    const seconds = this.#last ? (now - this.#last.at) / 1000 : 0;
    const walRate = this.#last && seconds > 0 ? (load.walBytes - this.#last.walBytes) / seconds : 0;
    this.#last = { at: now, walBytes: load.walBytes };
    if (load.waitingForUs > 0) return 'lock-waits';
    if (load.replicaLagMs > limits.maxReplicaLagMs) return 'replica-lag';
    if (limits.maxTransactionAgeMs !== null && load.oldestMs > limits.maxTransactionAgeMs) return 'oldest-transaction';
    if (limits.maxWalBytesPerSecond !== null && walRate > limits.maxWalBytesPerSecond) return 'wal-rate';
    return null;
  }
}

/** Spreads rows evenly over time: says how long to wait before going on after `rows`. */
export class Pace {
  #free = 0;

  delay(rows: number, maxRowsPerSecond: number | null, now: number): number {
    if (maxRowsPerSecond === null) return 0;
    this.#free = Math.max(this.#free, now - 250) + (rows / maxRowsPerSecond) * 1000;
    return Math.max(0, this.#free - now);
  }
}
