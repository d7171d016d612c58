import type { Queryable } from '../database/database.ts';
import { ident, sql, type Sql } from '../sql/sql.ts';

/** Where pg_stat_statements is and may be read, or why not. */
export type StatementStatistics =
  | { readonly view: Sql; /** null: the extension is older than 1.9. */ readonly info: Sql | null }
  | { readonly view: null; readonly why: string };

interface Installed {
  readonly schema: string;
  readonly readable: boolean;
  readonly loaded: boolean;
  readonly hasInfo: boolean;
}

/** Looks for pg_stat_statements in whatever schema it was created in, without ever raising. */
export async function findStatementStatistics(db: Queryable): Promise<StatementStatistics> {
  const [installed] = await db.query<Installed>(sql`
    SELECT n.nspname::text AS schema,
           has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(v.oid, 'SELECT') AS readable,
           EXISTS (SELECT FROM pg_settings WHERE name = 'pg_stat_statements.max') AS loaded,
           EXISTS (SELECT FROM pg_class WHERE relnamespace = n.oid AND relname = 'pg_stat_statements_info') AS "hasInfo"
      FROM pg_extension e
      JOIN pg_namespace n ON n.oid = e.extnamespace
      JOIN pg_class v ON v.relnamespace = n.oid AND v.relname = 'pg_stat_statements'
     WHERE e.extname = 'pg_stat_statements'`);
  if (!installed) return missing('is not installed in this database (CREATE EXTENSION pg_stat_statements)');
  if (!installed.loaded) return missing('is not in shared_preload_libraries, so the server counts nothing');
  if (!installed.readable) return missing('may not be read by this role');
  const schema = ident(installed.schema);
  return {
    view: sql`${schema}.pg_stat_statements`,
    info: installed.hasInfo ? sql`${schema}.pg_stat_statements_info` : null,
  };
}

const missing = (because: string) => ({ view: null, why: `The extension pg_stat_statements ${because}.` });
