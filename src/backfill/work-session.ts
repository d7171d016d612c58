import type { Session, SessionRole } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import type { RunContext } from './context.ts';

const LOCK_TIMEOUT_MS = 100;
/** A process that is frozen in the middle of a chunk must not keep its rows locked for longer than this. */
const FROZEN_MS = 10_000;

/**
 * A session for chunks or drains that always gives way: it waits for a lock only briefly, and where it may, it looks for a
 * deadlock long before the application would, so that it is the victim. What it writes and the journal row commit together,
 * so a lost commit loses both: synchronous_commit is off.
 */
export async function openWorkSession(c: RunContext, role: SessionRole, fireTriggers: boolean): Promise<Session> {
  const session = await c.connect(role, c.run.migration);
  await session.execute(sql`
    SET lock_timeout = ${`${Math.min(LOCK_TIMEOUT_MS, c.deadlockTimeoutMs / 2)}ms`};
    SET idle_in_transaction_session_timeout = ${`${FROZEN_MS}ms`};
    SET synchronous_commit = off`);
  if (c.maySetDeadlockTimeout) await session.execute(sql`SET deadlock_timeout = '5ms'`);
  if (!fireTriggers) await session.execute(sql`SET session_replication_role = replica`);
  return session;
}
