import { type Clock, systemClock } from '../clock.ts';
import type { Session } from '../database/database.ts';
import { sql } from '../sql/sql.ts';

const EVERY_MS = 10;

/** A statement of the application that had to wait for a lock which our sessions held or queued for. */
interface Stall {
  readonly ms: number;
  readonly label: string;
}

export interface Stalls {
  readonly longestMs: number;
  /** What was running when the longest one was seen. */
  readonly during: string | null;
  readonly count: number;
  readonly samples: number;
  /** How far apart the samples really were: the longest gap in which a stall could hide. */
  readonly longestGapMs: number;
}

interface Waiting {
  readonly pid: number;
  readonly since: string;
  readonly ms: number;
}

/** Nobody waiting is the usual answer, and then it costs one look at pg_stat_activity: pg_blocking_pids is only called for a waiter. */
const waitingForUs = (application: string) => sql`
  WITH RECURSIVE waiter AS MATERIALIZED (
    SELECT pid, query_start
      FROM pg_stat_activity
     WHERE application_name = ${application} AND wait_event_type = 'Lock' AND state = 'active'
  ), blocked(pid, by) AS (
    SELECT pid, unnest(pg_blocking_pids(pid)) FROM waiter
    UNION
    SELECT b.pid, unnest(pg_blocking_pids(b.by)) FROM blocked b
  ), ours AS (
    SELECT DISTINCT b.pid
      FROM blocked b
      JOIN pg_stat_activity a ON a.pid = b.by
     WHERE a.application_name LIKE 'lockkeeper %'
  ), since AS MATERIALIZED (
    SELECT pid, query_start, (SELECT min(l.waitstart) FROM pg_locks l WHERE l.pid = waiter.pid AND NOT l.granted) AS waitstart
      FROM waiter JOIN ours USING (pid)
  )
  SELECT pid,
         coalesce(waitstart, query_start)::text AS since,
         (1000 * extract(epoch FROM clock_timestamp() - coalesce(waitstart, query_start)))::float8 AS ms
    FROM since`;

/** Watches the application's lock waits, every 10 ms, on its own session. `label` says what is running. */
export function sampleStalls(session: Session, application: string, label: () => string, clock: Clock = systemClock) {
  const stopping = new AbortController();
  const stalls = new Map<string, Stall>();
  let samples = 0;
  let longestGapMs = 0;

  const sample = async () => {
    for (const { pid, since, ms } of await session.query<Waiting>(waitingForUs(application)))
      stalls.set(`${pid} ${since}`, { ms, label: label() });
    samples += 1;
  };
  const repeat = async () => {
    let last = clock.now();
    while (!stopping.signal.aborted) {
      await sample();
      await clock.sleep(EVERY_MS - (clock.now() - last), stopping.signal);
      longestGapMs = Math.max(longestGapMs, clock.now() - last);
      last = clock.now();
    }
  };
  const ended = repeat();
  // Whoever stops the sampler hears of its failure; until then it must not end the process.
  ended.catch(() => undefined);

  const longest = () => [...stalls.values()].reduce<Stall | null>((a, b) => (a && a.ms >= b.ms ? a : b), null);
  return {
    longestMs: () => longest()?.ms ?? 0,
    stop: async (): Promise<Stalls> => {
      stopping.abort();
      await ended;
      const worst = longest();
      return {
        longestMs: Math.round(worst?.ms ?? 0),
        during: worst?.label ?? null,
        count: stalls.size,
        samples,
        longestGapMs,
      };
    },
  };
}
