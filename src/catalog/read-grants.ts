import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import type { Grant } from './catalog.ts';
import { grantKey } from './read-columns.ts';

interface GrantRow extends Grant {
  readonly table: number;
  readonly column: number;
}

/** Who may do what on the tables (the owner's own rights included) and on single columns, by `grantKey`. */
export async function readGrants(db: Queryable, oids: readonly string[]): Promise<ReadonlyMap<string, Grant[]>> {
  const rows = await db.query<GrantRow>(sql`
    SELECT acl."table", acl."column", r.rolname::text AS grantee, g.privilege_type AS privilege,
           g.is_grantable AS grantable
      FROM (
        SELECT c.oid AS "table", 0 AS "column", coalesce(c.relacl, acldefault('r', c.relowner)) AS items
          FROM pg_class c
         WHERE c.oid = ANY (${oids}::oid[])
         UNION ALL
        SELECT a.attrelid, a.attnum, a.attacl
          FROM pg_attribute a
         WHERE a.attrelid = ANY (${oids}::oid[]) AND a.attacl IS NOT NULL AND NOT a.attisdropped
      ) acl
     CROSS JOIN LATERAL aclexplode(acl.items) g
      LEFT JOIN pg_roles r ON r.oid = g.grantee
     WHERE g.grantee = 0 OR r.oid IS NOT NULL
     ORDER BY acl."table", acl."column", r.rolname, g.privilege_type, g.is_grantable`);
  const grants = new Map<string, Grant[]>();
  for (const { table, column, ...grant } of rows) {
    const key = grantKey(table, column);
    grants.set(key, [...(grants.get(key) ?? []), grant]);
  }
  return grants;
}
