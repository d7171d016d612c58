import { ident, inline, sql } from '../sql/sql.ts';
import type { Queryable } from './database.ts';

/**
 * A database, or a role, that is set to read only is so for a reason: a switch to another server, a full disk. What to type when we may
 * write all the same, for this role in this database, which goes before every other place; or null when we may.
 */
export async function whatAllowsWrites(db: Queryable): Promise<string | null> {
  const [found] = await db.query<{ user: string; database: string; refused: boolean }>(sql`
    SELECT session_user::text AS "user", current_database()::text AS database,
           current_setting('lockkeeper.read_only') = 'on' AND NOT pg_is_in_recovery() AS refused`);
  return found?.refused
    ? inline(
        sql`ALTER ROLE ${ident(found.user)} IN DATABASE ${ident(found.database)} SET default_transaction_read_only = off;`,
      )
    : null;
}
