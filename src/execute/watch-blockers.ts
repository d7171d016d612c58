import type { RunContext } from '../backfill/context.ts';
import type { Session } from '../database/database.ts';
import type { Blocker } from '../events.ts';
import { sql } from '../sql/sql.ts';

const EVERY_MS = 1000;

/** Does the work, and tells once a second whom our session waits for meanwhile, seen from a second session. */
export async function whileWatching(c: RunContext, step: string, work: () => Promise<void>): Promise<void> {
  const session = await c.connect('watch', c.run.migration);
  const over = new AbortController();
  // Watching is a courtesy: the step's own session reports what matters.
  const watching = watch(c, step, session, over.signal).catch(() => undefined);
  try {
    await work();
  } finally {
    over.abort();
    await watching;
    await session.close();
  }
}

async function watch(c: RunContext, step: string, session: Session, over: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await c.clock.sleep(EVERY_MS, over);
    if (over.aborted) return;
    const blockers = await session.query<Blocker>(sql`
      SELECT a.pid, a.usename AS "user", a.application_name AS application, a.state,
             extract(epoch FROM clock_timestamp() - a.xact_start) * 1000 AS "transactionMs"
        FROM pg_catalog.pg_stat_activity a WHERE a.pid = ANY (pg_catalog.pg_blocking_pids(${c.session.pid}))`);
    const because = 'it waits for older transactions; nobody queues behind it';
    if (blockers.length) c.emit({ type: 'step.waiting', step, attempt, because, blockers, nextTryMs: EVERY_MS });
  }
}
