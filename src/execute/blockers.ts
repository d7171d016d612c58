import type { Queryable } from '../database/database.ts';
import type { Blocker } from '../events.ts';
import { lockModes, type Lock, type LockMode } from '../steps/step.ts';
import { join, sql, type Sql } from '../sql/sql.ts';

/** PostgreSQL's table of conflicting lock modes, in lockModes' order. */
const conflicts: Record<LockMode, readonly LockMode[]> = {
  'ACCESS SHARE': ['ACCESS EXCLUSIVE'],
  'ROW SHARE': ['EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'ROW EXCLUSIVE': lockModes.slice(4),
  'SHARE UPDATE EXCLUSIVE': lockModes.slice(3),
  SHARE: lockModes.filter((_, i) => i === 2 || i === 3 || i > 4),
  'SHARE ROW EXCLUSIVE': lockModes.slice(2),
  EXCLUSIVE: lockModes.slice(1),
  'ACCESS EXCLUSIVE': lockModes,
};

/** Does a session that queues for this mode make readers or writers queue behind it? */
export const stopsTraffic = (mode: LockMode): boolean => conflicts[mode].includes('ROW EXCLUSIVE');

/** As pg_locks spells it. */
const asInPgLocks = (mode: LockMode): string =>
  `${mode.toLowerCase().replace(/(^| )([a-z])/g, (_all, _space, letter: string) => letter.toUpperCase())}Lock`;

export interface LockHolder extends Blocker {
  readonly autovacuum: boolean;
}

/** Sessions that hold a lock which conflicts with one of these, longest transaction first. */
export async function holdersAgainst(db: Queryable, locks: readonly Lock[]): Promise<LockHolder[]> {
  if (!locks.length) return [];
  const wanted = locks.map(
    ({ relation, mode }): Sql =>
      sql`(${relation.schema}, ${relation.name}, ${conflicts[mode].map(asInPgLocks)}::text[])`,
  );
  return await db.query<LockHolder>(sql`
    SELECT a.pid, a.usename AS "user", a.application_name AS application, a.state,
           extract(epoch FROM clock_timestamp() - a.xact_start) * 1000 AS "transactionMs",
           coalesce(a.backend_type = 'autovacuum worker', false) AS autovacuum
      FROM pg_catalog.pg_locks l
      JOIN pg_catalog.pg_class c ON c.oid = l.relation
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN (VALUES ${join(wanted)}) AS w (schema, name, modes) ON w.schema = n.nspname AND w.name = c.relname AND l.mode = ANY (w.modes)
      JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
     WHERE l.granted AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) AND l.pid <> pg_backend_pid()
     GROUP BY a.pid, a.usename, a.application_name, a.state, a.xact_start, a.backend_type
     ORDER BY 5 DESC NULLS LAST`);
}
