import { randomUUID } from 'node:crypto';
import { sql } from '../sql/sql.ts';
import type { Session } from './database.ts';
import { transactionPooler } from './errors.ts';
import { sqlState } from './sqlstate.ts';

/** True when a setting and the process id stay the same from one statement to the next, as they must in a session. */
export async function keepsItsBackend(session: Session): Promise<boolean> {
  const probe = randomUUID();
  await session.query(sql`SELECT set_config('lockkeeper.probe', ${probe}, false)`);
  for (let i = 0; i < 3; i++) {
    const [seen] = await session.query<{ pid: number; probe: string | null }>(
      sql`SELECT pg_backend_pid() AS pid, current_setting('lockkeeper.probe', true) AS probe`,
    );
    if (seen?.pid !== session.pid || seen.probe !== probe) return false;
  }
  return true;
}

/** Behind a proxy: a second connection holds a transaction open, so that one that pools by transaction must share or swap servers. */
export async function refuseTransactionPooling(session: Session, openSecond: () => Promise<Session>): Promise<void> {
  const second = await openSecond();
  try {
    await second.transaction(async () => {
      const [holder] = await second.query<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
      if (holder?.pid === session.pid || !(await keepsItsBackend(session))) throw transactionPooler();
    });
  } catch (error) {
    throw sqlState(error) === POOLER_REFUSED ? transactionPooler() : error;
  } finally {
    await second.close();
  }
}

/** PgBouncer's answer to BEGIN when it pools by statement. */
const POOLER_REFUSED = '08P01';
