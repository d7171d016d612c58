import type { Session } from '../database/database.ts';
import { ident, inline, sql } from '../sql/sql.ts';
import { permissionMissing } from './errors.ts';

const readable = ['run', 'step', 'sweep', 'chunk', 'approval', 'archive', 'event', 'reads'];

/** Refuses a role that may not read the journal, with what to type: everything but keys and values of rows. */
export async function refuseUnreadableJournal(session: Session, schema: string): Promise<void> {
  const [rights] = await session.query<{ user: string; may: boolean }>(sql`
    SELECT current_user::text AS "user",
           coalesce(bool_and(has_table_privilege(c.oid, 'SELECT') OR c.relname IN ('dirty', 'quarantine') AND has_any_column_privilege(c.oid, 'SELECT')), true) AS may
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ${schema} AND c.relname = ANY (${[...readable, 'dirty', 'quarantine']}::text[])`);
  if (!rights || rights.may) return;
  const [j, user] = [inline(ident(schema)), inline(ident(rights.user))];
  throw permissionMissing([
    {
      what: `read the journal in the schema ${schema}`,
      grant: [
        `GRANT SELECT ON ${readable.map((table) => `${j}.${table}`).join(', ')} TO ${user};`,
        `GRANT SELECT (id, migration, mapping) ON ${j}.dirty TO ${user};`,
        `GRANT SELECT (id, migration, mapping, target, column_name, reason, state) ON ${j}.quarantine TO ${user};`,
      ].join(' '),
    },
  ]);
}
