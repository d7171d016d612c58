import { sql } from '../sql/sql.ts';
import type { Session } from './database.ts';
import { serverTooOld, standby, transactionPooler } from './errors.ts';
import { keepsItsBackend } from './pooling.ts';

/** Refuses a server that a migration could not run on safely: a standby, one before 14, one behind a transaction pooler. */
export async function checkTarget(session: Session): Promise<void> {
  const [server] = await session.query<{ version: string; number: number; standby: boolean }>(sql`
    SELECT current_setting('server_version') AS version,
           current_setting('server_version_num')::int AS number,
           pg_is_in_recovery() AS standby`);
  if (server && server.number < 140_000) throw serverTooOld(server.version);
  if (server?.standby) throw standby();
  if (!(await keepsItsBackend(session))) throw transactionPooler();
}
