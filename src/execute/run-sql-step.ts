import { isPassing } from '../database/sqlstate.ts';
import type { Session } from '../database/database.ts';
import type { Blocker } from '../events.ts';
import type { PlannedStatement } from '../plan/plan.ts';
import { inline, join, qualified, raw, sql, type Sql } from '../sql/sql.ts';
import { holdersAgainst, stopsTraffic } from './blockers.ts';
import { isStopping, type RunContext } from '../backfill/context.ts';
import { interrupted } from '../backfill/errors.ts';
import { lockNotHad, stepFailed } from './errors.ts';

/** How long one try may make others queue, and how long to keep trying. */
const TRY_MS = 100;
const QUIET_TRY_MS = 10_000;
/** How long a process that is frozen in a transaction, or that the network has lost, may keep others out. */
export const FROZEN_MS = 5000;
const GIVE_UP_MS = 10 * 60_000;
/** A transaction this old will not end within a try: waiting for it outside the queue makes nobody wait. */
const LONG_MS = 60;

export interface Timing {
  readonly attempts: number;
  readonly lockWaitMs: number;
  readonly lockHeldMs: number;
}

/**
 * Runs a statement in one transaction with `record`, under its lock budget. A lock that would make readers or writers queue is
 * asked for only when no long transaction holds against it, for a moment at a time.
 */
export async function runTransactional(
  c: RunContext,
  step: string,
  statement: PlannedStatement,
  record: (timing: Timing) => Promise<void>,
  beforeEachTry: () => Promise<void> = () => Promise.resolve(),
): Promise<Timing> {
  const started = c.clock.now();
  const stopping = statement.locks.filter((l) => stopsTraffic(l.mode));
  let lockWaitMs = 0;
  for (let attempts = 1; ; attempts++) {
    lockWaitMs += await waitForLongTransactions(c, step, stopping, attempts);
    await beforeEachTry();
    if (isStopping(c)) throw interrupted();
    const asked = c.clock.now();
    try {
      return await tryOnce(c, statement, stopping.length > 0, async (waited, held) => {
        const timing = { attempts, lockWaitMs: lockWaitMs + waited, lockHeldMs: held };
        await record(timing);
        return timing;
      });
    } catch (error) {
      if (!isPassing(error)) throw stepFailed(step, error);
      lockWaitMs += c.clock.now() - asked;
      const blockers = await holdersAgainst(c.session, statement.locks);
      if (c.clock.now() - started > GIVE_UP_MS) throw lockNotHad(step, blockers, error);
      await cancelAutovacuum(
        c,
        blockers.filter((b) => b.autovacuum),
      );
      await stepAside(c, step, attempts, blockers);
    }
  }
}

async function tryOnce(
  c: RunContext,
  statement: PlannedStatement,
  stops: boolean,
  record: (waited: number, held: number) => Promise<Timing>,
): Promise<Timing> {
  const { session, clock } = c;
  const begun = clock.now();
  let had = begun;
  let timing: Timing | undefined;
  await session.transaction(async () => {
    await session.execute(sql`SET LOCAL lock_timeout = ${`${stops ? TRY_MS : QUIET_TRY_MS}ms`}`);
    if (stops) {
      await session.execute(sql`SET LOCAL idle_in_transaction_session_timeout = ${`${FROZEN_MS}ms`}`);
      // For all tables together: each alone could wait its full lock_timeout while the others are held.
      await session.execute(sql`SET LOCAL statement_timeout = ${`${TRY_MS * 1.5}ms`}`);
      for (const lock of lockStatements(await stillThere(session, statement.locks))) await session.execute(lock);
      await session.execute(sql`SET LOCAL statement_timeout = 0`);
    }
    had = clock.now();
    await session.execute(raw(statement.sql));
    timing = await record(had - begun, clock.now() - had);
  });
  if (!timing) throw new Error('A step ended without its record.');
  return { ...timing, lockHeldMs: clock.now() - had };
}

/** A partition may have been dropped since the plan was made. */
async function stillThere(session: Session, locks: PlannedStatement['locks']): Promise<PlannedStatement['locks']> {
  const names = locks.map((l) => inline(qualified(l.relation)));
  const rows = await session.query<{ there: boolean }>(
    sql`SELECT pg_catalog.to_regclass(asked.name) IS NOT NULL AS there FROM unnest(${names}::text[]) WITH ORDINALITY AS asked (name, place) ORDER BY asked.place`,
  );
  return locks.filter((_, i) => rows[i]?.there);
}

/** One statement for all tables of a mode, so that one timeout bounds them all. */
function lockStatements(locks: PlannedStatement['locks']): readonly Sql[] {
  const modes = [...new Set(locks.map((l) => l.mode))];
  return modes.map((mode) => {
    const relations = locks.filter((l) => l.mode === mode).map((l) => qualified(l.relation));
    return sql`LOCK TABLE ${join(relations)} IN ${raw(mode)} MODE`;
  });
}

/** Waits without queueing while somebody's long transaction holds what we need: queueing behind it would stop all traffic. */
async function waitForLongTransactions(
  c: RunContext,
  step: string,
  locks: PlannedStatement['locks'],
  attempt: number,
): Promise<number> {
  const started = c.clock.now();
  for (let told = 0; ;) {
    const long = (await holdersAgainst(c.session, locks)).filter((b) => (b.transactionMs ?? Infinity) > LONG_MS);
    const waited = c.clock.now() - started;
    if (!long.length || waited > GIVE_UP_MS || c.signal.aborted) return waited;
    if (waited - told > 1000 || told === 0) {
      told = waited + 1;
      c.emit({
        type: 'step.waiting',
        step,
        attempt,
        because: 'a transaction that holds the table is still open',
        blockers: long.map(asBlocker),
        nextTryMs: 20,
      });
    }
    await cancelAutovacuum(
      c,
      long.filter((b) => b.autovacuum),
    );
    await c.clock.sleep(20, c.signal);
  }
}

const asBlocker = ({ pid, user, application, state, transactionMs }: Blocker): Blocker => ({
  pid,
  user,
  application,
  state,
  transactionMs,
});

/** Autovacuum gives way only after deadlock_timeout, longer than we may queue. Where we lack the right to cancel it, it is waited for. */
async function cancelAutovacuum({ session }: RunContext, workers: readonly Blocker[]): Promise<void> {
  for (const { pid } of workers)
    await session.query(sql`SELECT pg_catalog.pg_cancel_backend(${pid})`).catch(() => undefined);
}

async function stepAside(c: RunContext, step: string, attempt: number, blockers: readonly Blocker[]): Promise<void> {
  const nextTryMs = Math.round(Math.min(2000, 50 * 1.5 ** attempt) * (0.5 + Math.random()));
  c.emit({
    type: 'step.waiting',
    step,
    attempt,
    because: 'the lock was not had in time',
    blockers: blockers.map(asBlocker),
    nextTryMs,
  });
  await c.clock.sleep(nextTryMs, c.signal);
}
