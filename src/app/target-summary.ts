import type { Session } from '../database/database.ts';
import type { Plan } from '../plan/plan.ts';
import { sql } from '../sql/sql.ts';
import type { TargetSummary } from './documents.ts';

/** Where a plan would run, for a person to recognise before the first change. */
export async function describeTarget(session: Session, plan: Plan): Promise<TargetSummary> {
  const [row] = await session.query<{ host: string | null; database: string; user: string; version: string }>(sql`
    SELECT host(inet_server_addr()) || ':' || inet_server_port() AS host, current_database() AS database, current_user AS user, current_setting('server_version') AS version`);
  return {
    host: row?.host ?? 'local socket',
    database: row?.database ?? '',
    user: row?.user ?? '',
    serverVersion: row?.version ?? '',
    tables: plan.tables.map((t) => ({ table: `${t.relation.schema}.${t.relation.name}`, rows: t.rows })),
  };
}
