import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import type { Schema } from './catalog.ts';
import type { TableRow } from './read-tables.ts';

/**
 * These schemas, and who may create objects in them. Superusers, this role, the owner of all these tables and who may become
 * one of them count for nobody: they can do already what our functions do for them.
 */
export const readSchemas = (
  db: Queryable,
  names: readonly string[],
  tables: readonly TableRow[],
  journal: string,
): Promise<Schema[]> =>
  db.query<Schema>(sql`
    WITH word AS (
      SELECT DISTINCT t.tgname::text AS trigger, unnest(regexp_split_to_array(
               -- Not what has a schema, nor columns of a row.
               regexp_replace(lower(p.prosrc), '[[:alnum:]_$"]+\\s*\\.\\s*"?[[:alnum:]_$]+', ' ', 'g'), '[^[:alnum:]_$]+')) AS word
        FROM pg_trigger t
        JOIN pg_proc p ON p.oid = t.tgfoid
        JOIN pg_namespace n ON n.oid = p.pronamespace
        JOIN pg_language l ON l.oid = p.prolang AND l.lanname NOT IN ('c', 'internal')
       WHERE t.tgrelid = ANY (${tables.map((t) => String(t.oid))}::oid[])
         AND NOT t.tgisinternal AND n.nspname <> ${journal}
         AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search_path=%')
    )
    SELECT n.nspname::text AS name,
           CASE
             WHEN EXISTS (
               SELECT FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) g
                WHERE g.grantee = 0 AND g.privilege_type = 'CREATE')
             THEN ARRAY[NULL::text]
             ELSE ARRAY(
               SELECT r.rolname::text
                 FROM pg_roles r
                WHERE NOT r.rolsuper AND r.rolname !~ '^pg_'
                  AND has_schema_privilege(r.oid, n.oid, 'CREATE')
                  AND NOT pg_has_role(r.oid, (SELECT oid FROM pg_roles WHERE rolname = current_user), 'MEMBER')
                  AND EXISTS (
                    SELECT FROM unnest(${tables.map((t) => t.owner)}::text[]) AS owner
                     WHERE NOT pg_has_role(r.oid, (SELECT oid FROM pg_roles o WHERE o.rolname = owner), 'MEMBER'))
                ORDER BY 1)
           END AS creators,
           ARRAY(
             SELECT DISTINCT w.trigger
               FROM word w
              WHERE w.word IN (
                SELECT lower(c.relname) FROM pg_class c WHERE c.relnamespace = n.oid
                 UNION ALL
                SELECT lower(p.proname) FROM pg_proc p WHERE p.pronamespace = n.oid
                 UNION ALL
                SELECT lower(t.typname) FROM pg_type t WHERE t.typnamespace = n.oid)
              ORDER BY 1) AS "namedBy"
      FROM pg_namespace n
     WHERE n.nspname = ANY (${names}::text[])
     ORDER BY n.nspname COLLATE "C"`);
