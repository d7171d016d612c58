import { isPassing } from '../database/sqlstate.ts';
import type { PlannedConcurrent, PlannedStatement } from '../plan/plan.ts';
import { raw, sql } from '../sql/sql.ts';
import type { RunContext } from '../backfill/context.ts';
import { nameNotFree, stepFailed } from './errors.ts';
import { whileWatching } from './watch-blockers.ts';

const MAX_ATTEMPTS = 5;

/**
 * Runs a statement that cannot be in a transaction. Whether it has happened is asked of the database, never remembered: a
 * connection may have been cut after the work and before its record. No lock_timeout: it would leave an invalid index behind.
 */
export async function runConcurrent(
  c: RunContext,
  step: PlannedConcurrent,
  startedBefore: boolean,
  begin: () => Promise<void>,
): Promise<{ attempts: number; ms: number }> {
  const started = c.clock.now();
  const ask = async (question: string, column: string) =>
    (await c.session.query<Record<string, boolean>>(raw(question)))[0]?.[column] === true;
  for (let attempts = 1; ; attempts++) {
    const mayBeOurs = startedBefore || attempts > 1;
    if (mayBeOurs && (await ask(step.done, 'done'))) return { attempts, ms: c.clock.now() - started };
    if (mayBeOurs) await removeLeftover(c, step, ask);
    // Only once the name is known to be free does the journal say that what bears it is ours to undo.
    if (!(await ask(step.free, 'free'))) throw nameNotFree(step.id);
    if (!startedBefore && attempts === 1) await begin();
    try {
      await outsideTransaction(c, step.id, step);
    } catch (error) {
      if (!isPassing(error) || attempts === MAX_ATTEMPTS || c.signal.aborted) throw stepFailed(step.id, error);
    }
    if (await ask(step.done, 'done')) return { attempts, ms: c.clock.now() - started };
  }
}

async function removeLeftover(
  c: RunContext,
  { id, clean }: PlannedConcurrent,
  ask: (question: string, column: string) => Promise<boolean>,
): Promise<void> {
  if (clean && (await ask(clean.when, 'found'))) await outsideTransaction(c, id, { sql: clean.sql, locks: [] });
}

/** Shows whom it waits for: it waits for every older transaction, also of tables it has nothing to do with. */
export const outsideTransaction = (c: RunContext, step: string, statement: PlannedStatement): Promise<void> =>
  whileWatching(c, step, async () => {
    await c.session.execute(sql`SET lock_timeout = 0`);
    await c.session.execute(raw(statement.sql));
  });
