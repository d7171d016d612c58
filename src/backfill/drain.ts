import type { Session } from '../database/database.ts';
import { isPassing } from '../database/sqlstate.ts';
import type { PlannedMapping } from '../plan/plan.ts';
import { bound, sql } from '../sql/sql.ts';
import type { RunContext } from './context.ts';
import { untilHad } from './give-way.ts';
import { stillRunning, takeHorizon, type Horizon } from './horizon.ts';
import { openWorkSession } from './work-session.ts';

const BATCH = 500;
/** Of a change of mode: writers that it goes on to capture never let the list rest; after the first round only they are left. */
const MAX_ROUNDS = 3;

/** The lock that chunks of a mapping hold together and a drain holds alone, whichever process they run in. */
export const turnKey = (c: RunContext, mapping: PlannedMapping): string =>
  `lockkeeper turn ${c.run.migration}/${mapping.id}`;

/** One batch; how many captured writes it took off the list, or null when it had to give way. */
export async function drainOnce(c: RunContext, session: Session, mapping: PlannedMapping): Promise<number | null> {
  const statement = mapping.drain;
  if (statement === null) return 0;
  try {
    return await session.transaction(async () => {
      const [turn] = await session.query<{ had: boolean }>(
        sql`SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended(${turnKey(c, mapping)}, 0)) AS had`,
      );
      if (!turn?.had) return null;
      const [row] = await session.query<{ drained: number }>(bound(statement, [String(BATCH)]));
      await c.journal.fence(session, c.run);
      return row?.drained ?? 0;
    });
  } catch (error) {
    if (isPassing(error)) return null;
    throw error;
  }
}

/** Drains until nothing is left of what is on the list now, giving way and coming back as often as it takes. */
async function drainCaptured(c: RunContext, session: Session, mapping: PlannedMapping): Promise<number> {
  const upTo = await untilHad(c, () => c.journal.lastCaptured(session, c.run.migration, mapping.id));
  let total = 0;
  for (;;) {
    // Counted now and then only: in the order of the list, what one batch takes off is off.
    let pending = await untilHad(c, () => c.journal.pendingKeys(session, c.run.migration, mapping.id, upTo));
    if (pending === 0) return total;
    for (let drained: number | null = BATCH; pending > 0 && drained === BATCH;) {
      if (c.signal.aborted) return total;
      drained = await drainOnce(c, session, mapping);
      total += drained ?? 0;
      pending = Math.max(0, pending - (drained ?? 0));
      c.emit({ type: 'drain.progressed', mapping: mapping.id, drained: total, pending });
    }
    if (pending > 0) await c.clock.sleep(20, c.signal);
  }
}

/** The same in a session of its own. */
export const drainAll = (c: RunContext, mapping: PlannedMapping): Promise<void> =>
  inDrain(c, async (session) => {
    await drainCaptured(c, session, mapping);
  });

/** Drains while everyone syncs at once: only where there was something to drain is there anything to settle. */
export const drainAndSettle = (c: RunContext, mapping: PlannedMapping): Promise<void> =>
  inDrain(c, async (session) => {
    if (await drainCaptured(c, session, mapping)) await settled(c, session, mapping, Infinity);
  });

/** After a change of mode: drains, and waits until every transaction that could still use the old one has ended. */
export const settle = (c: RunContext, mapping: PlannedMapping): Promise<void> =>
  inDrain(c, async (session) => {
    await drainCaptured(c, session, mapping);
    await settled(c, session, mapping, MAX_ROUNDS);
  });

async function inDrain(c: RunContext, work: (session: Session) => Promise<void>): Promise<void> {
  const session = await openWorkSession(c, 'drain', true);
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

/**
 * Waits for every transaction that runs now, and drains what they captured; and again while anything was drained, because a snapshot
 * older than a drain does not see what it wrote.
 */
async function settled(c: RunContext, session: Session, mapping: PlannedMapping, rounds: number): Promise<void> {
  for (let round = 0; round < rounds && !c.signal.aborted; round++) {
    const horizon = await untilHad(c, () => takeHorizon(session));
    const meanwhile = await waitForHorizon(c, session, mapping, horizon);
    const afterwards = await drainCaptured(c, session, mapping);
    if (meanwhile + afterwards === 0) break;
  }
}

async function waitForHorizon(
  c: RunContext,
  session: Session,
  mapping: PlannedMapping,
  horizon: Horizon,
): Promise<number> {
  let drained = 0;
  for (let told = 0; !c.signal.aborted;) {
    const blockers = await untilHad(c, () => stillRunning(session, horizon));
    if (!blockers.length) break;
    if (c.clock.now() - told > 1000) {
      told = c.clock.now();
      c.emit({
        type: 'horizon.waiting',
        mapping: mapping.id,
        blockers: blockers.map(({ pid, user, application, state, transactionMs }) => ({
          pid,
          user,
          application,
          state,
          transactionMs,
        })),
      });
    }
    drained += (await drainOnce(c, session, mapping)) ?? 0;
    await c.clock.sleep(50, c.signal);
  }
  return drained;
}
