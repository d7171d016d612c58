import type { Catalog, Table } from '../catalog/catalog.ts';
import type { Session } from '../database/database.ts';
import { whatAllowsWrites } from '../database/read-only.ts';
import type { Plan } from '../plan/plan.ts';
import { ident, inline, qualified, sql, type Sql } from '../sql/sql.ts';

type Missing = Plan['missing'][number];

/** What this role lacks to run the plan, each with the statement that gives it. */
export async function missingRights(session: Session, draft: Plan, catalog: Catalog): Promise<Plan['missing']> {
  const { server } = catalog;
  const user = inline(ident(server.user));
  const missing: Missing[] = [];
  const need = async (question: Sql, what: string, grant: string) => {
    const [row] = await session.query<{ holds: boolean }>(question);
    if (!row?.holds) missing.push({ what, grant });
  };
  await need(
    sql`SELECT has_database_privilege(current_database(), 'CREATE') OR EXISTS (SELECT FROM pg_namespace WHERE nspname = ${draft.journal}) AS holds`,
    `create the journal's schema ${draft.journal}`,
    `GRANT CREATE ON DATABASE ${inline(ident(server.database))} TO ${user};`,
  );
  const allow = await whatAllowsWrites(session);
  if (allow !== null)
    missing.push({
      what: 'write: default_transaction_read_only is on, and somebody may have frozen the database',
      grant: allow,
    });
  // From 16 on a membership can be one without SET ROLE, which ALTER … OWNER TO asks for.
  const become = server.major >= 16 ? sql` AND pg_has_role(r.oid, 'SET')` : sql``;
  for (const t of catalog.tables) {
    await need(
      sql`SELECT pg_has_role(r.oid, 'USAGE')${become} AS holds FROM pg_roles r WHERE r.rolname = ${t.owner}`,
      `change ${t.schema}.${t.name}, which belongs to ${t.owner}`,
      `GRANT ${inline(ident(t.owner))} TO ${user};`,
    );
    missing.push(...(await missingToRead(session, catalog, t)));
  }
  // Foreign keys are looked after with the owner's rights.
  for (const schema of new Set([...catalog.tables, ...draft.newTables].map((t) => t.schema)))
    for (const role of new Set([server.user, ...catalog.tables.map((t) => t.owner)]))
      await need(
        sql`SELECT has_schema_privilege(${role}, ${schema}, 'USAGE') AS holds`,
        `${role === server.user ? 'use' : `let ${role} use`} the schema ${schema}`,
        `GRANT USAGE ON SCHEMA ${inline(ident(schema))} TO ${inline(ident(role))};`,
      );
  for (const schema of new Set(draft.newTables.map((t) => t.schema)))
    for (const role of new Set([server.user, ...catalog.tables.map((t) => t.owner)]))
      await need(
        sql`SELECT has_schema_privilege(${role}, ${schema}, 'CREATE') AS holds`,
        `${role === server.user ? 'create' : `give ${role}`} tables in ${schema}`,
        `GRANT CREATE ON SCHEMA ${inline(ident(schema))} TO ${inline(ident(role))};`,
      );
  return missing;
}

/** What this role lacks to read every row: a SELECT, or the right to pass row-level security, which our sessions never do silently. */
export async function missingToRead(session: Session, { server }: Catalog, t: Table): Promise<readonly Missing[]> {
  const user = inline(ident(server.user));
  const table = `${t.schema}.${t.name}`;
  const [may] = await session.query<{ read: boolean; owns: boolean }>(sql`
    SELECT has_table_privilege(c.oid, 'SELECT') AS read,
           pg_has_role(c.relowner, 'USAGE') AS owns
      FROM pg_class c
     WHERE c.oid = ${t.oid}::bigint::oid`);
  return [
    ...(may?.read === false
      ? [{ what: `read ${table}`, grant: `GRANT SELECT ON ${inline(qualified(t))} TO ${user};` }]
      : []),
    ...(t.rowSecurity && !server.bypassesRowSecurity && (t.forceRowSecurity || !may?.owns)
      ? [
          {
            what: `see every row of ${table}, which has row-level security${t.forceRowSecurity ? ' that holds for its owner too' : ''}`,
            grant: `ALTER ROLE ${user} BYPASSRLS;`,
          },
        ]
      : []),
  ];
}
