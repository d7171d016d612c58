import type { Catalog } from '../catalog/catalog.ts';
import type { Session } from '../database/database.ts';
import type { Plan } from '../plan/plan.ts';
import { ident, inline, sql } from '../sql/sql.ts';

/** What this role lacks to run the plan, each with the statement that gives it. */
export async function missingRights(session: Session, draft: Plan, catalog: Catalog): Promise<Plan['missing']> {
  const user = inline(ident(catalog.server.user));
  const missing: { what: string; grant: string }[] = [];
  const holds = async (question: ReturnType<typeof sql>) =>
    (await session.query<{ holds: boolean }>(question))[0]?.holds === true;
  if (
    !(await holds(
      sql`SELECT has_database_privilege(current_database(), 'CREATE') OR EXISTS (SELECT FROM pg_namespace WHERE nspname = ${draft.journal}) AS holds`,
    ))
  )
    missing.push({
      what: `create the journal's schema ${draft.journal}`,
      grant: `GRANT CREATE ON DATABASE ${inline(ident(catalog.server.database))} TO ${user};`,
    });
  for (const t of catalog.tables)
    if (!(await holds(sql`SELECT pg_has_role(${t.owner}, 'USAGE') AS holds`)))
      missing.push({
        what: `change ${t.schema}.${t.name}, which belongs to ${t.owner}`,
        grant: `GRANT ${inline(ident(t.owner))} TO ${user};`,
      });
  for (const schema of new Set(draft.newTables.map((t) => t.schema)))
    if (!(await holds(sql`SELECT has_schema_privilege(${schema}, 'CREATE') AS holds`)))
      missing.push({
        what: `create tables in ${schema}`,
        grant: `GRANT CREATE ON SCHEMA ${inline(ident(schema))} TO ${user};`,
      });
  return missing;
}
