import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import type { Column, Grant } from './catalog.ts';
import { groupByTable } from './group-by-table.ts';

type ColumnRow = Column & { readonly table: number };
type Row = Omit<ColumnRow, 'grants' | 'refusesNull'> & { readonly refusesNull: boolean };

/** Of a column of type `t`: is it one of the domains, or made of one, that take no NULL? A condition is taken at its word. */
const refusesNull = sql`EXISTS (
             SELECT FROM base o
               JOIN pg_type dt ON dt.oid = o.base
              WHERE o.type = t.oid AND (dt.typnotnull OR EXISTS (
                SELECT FROM pg_constraint k WHERE k.contypid = dt.oid AND pg_get_constraintdef(k.oid) ~ 'IS NOT NULL'))
           )`;

/** Every live column, in table order. A NOT NULL that is not validated yet (18 and later) does not count as one. */
export const readColumns = async (
  db: Queryable,
  oids: readonly string[],
  grants: ReadonlyMap<string, Grant[]>,
): Promise<ReadonlyMap<number, Column[]>> => {
  const rows = await db.query<Row>(sql`
    WITH RECURSIVE base AS (
      SELECT t.oid AS type, t.oid AS base
        FROM pg_type t
       WHERE t.oid IN (SELECT atttypid FROM pg_attribute WHERE attrelid = ANY (${oids}::oid[]) AND attnum > 0)
       UNION ALL
      SELECT b.type, t.typbasetype
        FROM base b
        JOIN pg_type t ON t.oid = b.base AND t.typtype = 'd'
    )
    SELECT a.attrelid AS "table",
           a.attname::text AS name,
           a.attnum::int AS number,
           format_type(a.atttypid, a.atttypmod) AS type,
           bt.typname::text AS "baseType",
           a.attnotnull AND NOT EXISTS (
             SELECT FROM pg_constraint k
              WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum] AND NOT k.convalidated
           ) AS "notNull", ${refusesNull} AS "refusesNull",
           pg_get_expr(d.adbin, d.adrelid) AS default,
           CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END AS generated,
           CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
           CASE WHEN a.attcollation <> t.typcollation THEN format('%I.%I', cn.nspname, co.collname) END AS collation,
           col_description(a.attrelid, a.attnum) AS comment,
           nullif(a.attstattarget, -1)::int AS "statisticsTarget",
           CASE WHEN a.attstorage <> t.typstorage
                THEN CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END
           END AS storage,
           CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
           a.attoptions AS options,
           (SELECT jsonb_agg(jsonb_build_object('schema', qn.nspname, 'name', q.relname) ORDER BY qn.nspname, q.relname)
              FROM pg_depend d
              JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S'
              JOIN pg_namespace qn ON qn.oid = q.relnamespace
             WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
               AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype = 'a') AS sequences,
           (SELECT format('OPERATOR(%I.%s)', own.nspname, o.oprname)
              FROM pg_opclass oc
              JOIN pg_am am ON am.oid = oc.opcmethod AND am.amname = 'btree'
              JOIN pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amoplefttype = oc.opcintype
                             AND ao.amoprighttype = oc.opcintype AND ao.amopstrategy = 3
              JOIN pg_operator o ON o.oid = ao.amopopr
              JOIN pg_namespace own ON own.oid = o.oprnamespace AND own.nspname <> 'pg_catalog'
             WHERE oc.opcintype = b.base AND oc.opcdefault) AS equals,
           s.avg_width AS "averageWidth",
           s.null_frac::float8 AS "nullShare"
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_type t ON t.oid = a.atttypid
      JOIN base b ON b.type = t.oid
      JOIN pg_type bt ON bt.oid = b.base AND bt.typtype <> 'd'
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      LEFT JOIN pg_collation co ON co.oid = a.attcollation
      LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
      LEFT JOIN LATERAL ( -- with LIMIT: for these columns alone, not for all that there are
        SELECT avg_width, null_frac FROM pg_stats
         WHERE schemaname = n.nspname AND tablename = c.relname AND attname = a.attname AND inherited = (c.relkind = 'p') LIMIT 1
      ) s ON true
     WHERE a.attrelid = ANY (${oids}::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY a.attrelid, a.attnum`);
  return groupByTable<Column>(
    rows.map((row) => ({ ...present(row), grants: grants.get(grantKey(row.table, row.number)) ?? [] })),
  );
};

/** What is usual is left out, so that a shape remembered before these were read is still the same. */
function present({ storage, compression, options, sequences, refusesNull, ...row }: Row) {
  return {
    ...row,
    ...(refusesNull ? { refusesNull } : {}),
    ...(storage ? { storage } : {}),
    ...(compression ? { compression } : {}),
    ...(options ? { options } : {}),
    ...(sequences ? { sequences } : {}),
  };
}

/** Where the grants of a column are found; column 0 is the table itself. */
export const grantKey = (table: number, column: number): string => `${table}/${column}`;
