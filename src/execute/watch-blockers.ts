import type { Blocker } from '../events.ts';
import { sql } from '../sql/sql.ts';
import type { RunContext } from '../backfill/context.ts';

const EVERY_MS = 1000;

/** While it is open, tells once a second whom our session waits for, seen from a second session. */
export async function watchBlockers(c: RunContext, step: string): Promise<AsyncDisposable> {
  const session = await c.connect('watch', c.run.migration);
  const stop = new AbortController();
  const watching = (async () => {
    for (let attempt = 1; ; attempt++) {
      await c.clock.sleep(EVERY_MS, stop.signal);
      if (stop.signal.aborted) return;
      const blockers = await session.query<Blocker>(sql`
        SELECT a.pid, a.usename AS "user", a.application_name AS application, a.state,
               extract(epoch FROM clock_timestamp() - a.xact_start) * 1000 AS "transactionMs"
          FROM pg_catalog.pg_stat_activity a WHERE a.pid = ANY (pg_catalog.pg_blocking_pids(${c.session.pid}))`);
      if (blockers.length) c.emit({ type: 'step.waiting', step, attempt, because: 'it waits for older transactions; nobody queues behind it', blockers, nextTryMs: EVERY_MS });
    }
  })().catch(() => undefined); // watching is a courtesy: the step's own session reports what matters
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watching;
      await session.close();
    },
  };
}
