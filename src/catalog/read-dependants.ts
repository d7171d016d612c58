import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import type { Dependant } from './catalog.ts';
import { groupByTable } from './group-by-table.ts';

/** Everything pg_depend knows to use a table, its row type or its columns, except what lives in the journal's schema. Row filters came with 15. */
export const readDependants = async (
  db: Queryable,
  oids: readonly string[],
  journal: string,
): Promise<ReadonlyMap<number, Dependant[]>> =>
  groupByTable(
    await db.query<Dependant & { table: number }>(sql`
      WITH used AS (
        SELECT c.oid AS "table", 'pg_class'::regclass AS class, c.oid AS object
          FROM pg_class c
         WHERE c.oid = ANY (${oids}::oid[])
         UNION ALL
        SELECT t.typrelid, 'pg_type'::regclass, unnest(ARRAY[t.oid, t.typarray])
          FROM pg_type t
         WHERE t.typrelid = ANY (${oids}::oid[])
      )
      SELECT u."table", o.kind, o.name,
             coalesce(array_agg(DISTINCT a.attname::text) FILTER (WHERE a.attname IS NOT NULL), '{}') AS columns
        FROM used u
        JOIN pg_depend d ON d.refclassid = u.class AND d.refobjid = u.object
       CROSS JOIN LATERAL (
        SELECT c.relnamespace AS schema, NULL::oid AS own,
               CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'rule' END AS kind,
               CASE WHEN c.relkind IN ('v', 'm') THEN c.oid::regclass::text
                    ELSE format('%I on %s', r.rulename, c.oid::regclass) END AS name
          FROM pg_rewrite r
          JOIN pg_class c ON c.oid = r.ev_class
         WHERE d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
         UNION ALL
        SELECT p.pronamespace, NULL, 'function', p.oid::regprocedure::text
          FROM pg_proc p
         WHERE d.classid = 'pg_proc'::regclass AND p.oid = d.objid
         UNION ALL
        SELECT c.relnamespace, NULL, 'policy', format('%I on %s', p.polname, c.oid::regclass)
          FROM pg_policy p
          JOIN pg_class c ON c.oid = p.polrelid
         WHERE d.classid = 'pg_policy'::regclass AND p.oid = d.objid
         UNION ALL
        SELECT p.pronamespace, NULL, 'trigger', format('%I on %s', t.tgname, t.tgrelid::regclass)
          FROM pg_trigger t
          JOIN pg_proc p ON p.oid = t.tgfoid
         WHERE d.classid = 'pg_trigger'::regclass AND t.oid = d.objid AND NOT t.tgisinternal
         UNION ALL
        SELECT s.stxnamespace, NULL, 'statistics', format('%I.%I', n.nspname, s.stxname)
          FROM pg_statistic_ext s
          JOIN pg_namespace n ON n.oid = s.stxnamespace
         WHERE d.classid = 'pg_statistic_ext'::regclass AND s.oid = d.objid
         UNION ALL
        SELECT 0, NULL, CASE WHEN to_jsonb(r) ->> 'prqual' LIKE format('%%:varattno %s %%', d.refobjsubid) THEN 'row filter' ELSE 'publication' END,
               quote_ident(p.pubname)
          FROM pg_publication_rel r
          JOIN pg_publication p ON p.oid = r.prpubid
         WHERE d.classid = 'pg_publication_rel'::regclass AND r.oid = d.objid
         UNION ALL
        SELECT c.relnamespace, k.conrelid, 'foreign key', format('%I on %s', k.conname, c.oid::regclass)
          FROM pg_constraint k
          JOIN pg_class c ON c.oid = k.conrelid
         WHERE d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
           AND k.contype = 'f' AND k.conparentid = 0 AND k.conrelid <> k.confrelid
       ) AS o
        LEFT JOIN pg_namespace n ON n.oid = o.schema
        LEFT JOIN pg_attribute a ON u.class = 'pg_class'::regclass AND a.attrelid = u."table" AND a.attnum = d.refobjsubid
                                AND d.refobjsubid > 0
       WHERE n.nspname IS DISTINCT FROM ${journal}
         AND o.own IS DISTINCT FROM u."table"
       GROUP BY u."table", o.kind, o.name
       ORDER BY u."table", o.kind, o.name`),
  );
