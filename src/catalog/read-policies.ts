import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import type { PolicyRule } from './catalog.ts';
import { groupByTable } from './group-by-table.ts';

/** The row-level security policies of each table, by name. */
export const readPolicies = async (
  db: Queryable,
  oids: readonly string[],
): Promise<ReadonlyMap<number, PolicyRule[]>> =>
  groupByTable(
    await db.query<PolicyRule & { table: number }>(sql`
      SELECT p.polrelid AS "table",
             p.polname::text AS name,
             CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END
               AS command,
             p.polpermissive AS permissive,
             ARRAY(
               SELECT r.rolname::text
                 FROM unnest(p.polroles) AS granted (oid)
                 LEFT JOIN pg_roles r ON r.oid = granted.oid
                ORDER BY 1) AS roles,
             pg_get_expr(p.polqual, p.polrelid) AS using,
             pg_get_expr(p.polwithcheck, p.polrelid) AS check
        FROM pg_policy p
       WHERE p.polrelid = ANY (${oids}::oid[])
       ORDER BY p.polrelid, p.polname`),
  );
