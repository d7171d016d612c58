import { applicationName } from '../database/connect.ts';
import type { Connect, Session } from '../database/database.ts';
import type { Clock } from '../clock.ts';
import type { Journal, Owner, Run } from '../journal/journal.ts';
import { sql } from '../sql/sql.ts';
import { executorBusy } from './errors.ts';

const EXIT_MS = 10_000;

/** A session that holds a migration: nobody else runs it meanwhile. Never waits for the lock: a waiting session would hold a snapshot. */
export async function openExecutor(
  connect: Connect,
  journal: Journal,
  migration: string,
  options: { readonly takeOver: boolean; readonly clock: Clock },
): Promise<Session> {
  const session = await connect('executor', migration);
  try {
    if (await tryLock(session, migration)) return session;
    // The other may be so new that there is no journal yet.
    const run = (await journal.version(session)) === null ? null : await journal.run(session, migration);
    const owner = run?.executor ?? null;
    if (!options.takeOver) throw executorBusy(migration, owner);
    await endOwner(session, migration, owner, options.clock);
    if (await tryLock(session, migration)) return session;
    throw executorBusy(migration, owner);
  } catch (error) {
    await session.close();
    throw error;
  }
}

const lockName = (migration: string) => `lockkeeper run ${migration}`;

async function tryLock(session: Session, migration: string): Promise<boolean> {
  const [row] = await session.query<{ had: boolean }>(
    sql`SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended(${lockName(migration)}, 0)) AS had`,
  );
  return row?.had ?? false;
}

/** Ends every session of the executor that holds the lock, and waits for their exit: what they had not committed is undone by then. */
async function endOwner(session: Session, migration: string, owner: Owner | null, clock: Clock): Promise<void> {
  const holders = sql`
    SELECT l.pid FROM pg_catalog.pg_locks l
     WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND l.pid <> pg_backend_pid()
       AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
       AND (l.classid::bigint << 32 | l.objid::bigint) = pg_catalog.hashtextextended(${lockName(migration)}, 0)`;
  const names = (['executor', 'worker', 'drain'] as const).map((role) => applicationName(role, migration));
  const ours = sql`SELECT pid FROM pg_catalog.pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
     AND application_name = ANY (${names}::text[])`;
  const until = clock.now() + EXIT_MS;
  for (;;) {
    const left = await session.query<{ pid: number }>(sql`${holders} UNION ${ours}`);
    if (!left.length) return;
    if (clock.now() > until) throw executorBusy(migration, owner);
    for (const { pid } of left) await session.query(sql`SELECT pg_catalog.pg_terminate_backend(${pid})`);
    await clock.sleep(50);
  }
}

/** Whether the executor that the journal names still holds its lock. */
export async function isAlive(db: { query: Session['query'] }, run: Pick<Run, 'executor'>): Promise<boolean> {
  if (!run.executor) return false;
  return (
    (
      await db.query(
        sql`SELECT FROM pg_catalog.pg_stat_activity WHERE pid = ${run.executor.backend} AND application_name LIKE 'lockkeeper %'`,
      )
    ).length > 0
  );
}
