import { empty, ident, qualified, sql, type RelationName, type Sql } from '../sql/sql.ts';
import { ownMark } from './own-mark.ts';
import { scalarClass } from './scalar-class.ts';
import { HASH_BUCKETS, MAX_CHOICES } from './summarize-paths.ts';

const MAX_DEPTH = 5;
const MAX_PATHS = 500;

export interface Scan {
  readonly table: RelationName;
  readonly column: string;
  /** null: every row. */
  readonly percent: number | null;
  readonly showValues: boolean;
  readonly versionNumber: number;
}

// OFFSET 0: the planner would otherwise write `scalar` out, and compute it, wherever it is used.
/** One scan of a json or jsonb column that counts, for each path, JSON type and class of values (rows of `CountedPath`). The whole document is path `{}`. */
export const countJsonPaths = (scan: Scan): Sql => sql`
  WITH RECURSIVE ${ownMark} node AS (
    SELECT '{}'::text[] AS path, document AS value, missing
      FROM (${documents(scan)}) source
     UNION ALL
    SELECT n.path || e.key, e.value, false
      FROM node n
     CROSS JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(n.value) = 'object' THEN n.value ELSE '{}' END) e
     WHERE cardinality(n.path) < ${MAX_DEPTH}::int
  ), typed AS (
    SELECT path, value = '{}' AS bare,
           CASE WHEN missing THEN 'sql null' ELSE coalesce(jsonb_typeof(value), 'unreadable') END AS type,
           CASE WHEN jsonb_typeof(value) IN ('string', 'number', 'boolean') THEN value #>> '{}' END AS scalar
      FROM node
    OFFSET 0
  ), counted AS (
    SELECT path, type,
           CASE WHEN scalar IS NOT NULL THEN ${scalarClass(sql`scalar`)} WHEN bare THEN 'empty' END AS class,
           hashtextextended(scalar, 0) & ${HASH_BUCKETS - 1}::bigint AS bucket,
           count(*) AS rows,
           max(length(scalar)) AS longest,
           ${scan.showValues ? sql`min(left(scalar, 200))` : sql`NULL::text`} AS value
      FROM typed
     GROUP BY 1, 2, 3, 4
  ), frequent AS (
    SELECT path, count(*) OVER ()::float8 AS "pathCount"
      FROM counted
     GROUP BY path
     ORDER BY sum(rows) DESC, path
     LIMIT ${MAX_PATHS + 1}::int
  )
  SELECT path, c.type, c.class,
         sum(c.rows)::float8 AS rows,
         max(c.longest) AS longest,
         count(c.bucket)::float8 AS buckets,
         ${scan.showValues ? sql`(array_agg(c.value ORDER BY c.rows DESC, c.value))[1:${MAX_CHOICES}::int]` : sql`NULL::text[]`}
           AS values,
         ${scan.showValues ? sql`(array_agg(c.rows::float8 ORDER BY c.rows DESC, c.value))[1:${MAX_CHOICES}::int]` : sql`NULL::float8[]`}
           AS "valueRows",
         f."pathCount" - 1 AS "pathCount"
    FROM counted c
    JOIN frequent f USING (path)
   GROUP BY path, c.type, c.class, f."pathCount"`;

/** The documents as jsonb; one that jsonb cannot hold is NULL without being `missing`. */
function documents({ table, column, percent, versionNumber }: Scan): Sql {
  // REPEATABLE: the same sample for as long as the table stays the same.
  const sample = percent === null ? empty : sql` TABLESAMPLE SYSTEM (${percent}::float8) REPEATABLE (1)`;
  return sql`
    SELECT document IS NULL AS missing,
           CASE WHEN ${readable(versionNumber)} THEN document::jsonb END AS document
      FROM (SELECT ${ident(column)} AS document FROM ${qualified(table)}${sample}) rows`;
}

/** jsonb refuses \u0000, half a surrogate pair and huge numbers, which json takes. Before 16 only the text can tell, and a very long run of digits counts as huge. */
const readable = (versionNumber: number): Sql =>
  versionNumber >= 160_000
    ? sql`pg_typeof(document) = 'jsonb'::regtype OR pg_input_is_valid(document::text, 'jsonb')`
    : sql`pg_typeof(document) = 'jsonb'::regtype OR NOT (
        regexp_replace(replace(document::text, ${'\\\\'}, ''), ${SURROGATE_PAIR}, '', 'g') ~ ${UNREADABLE_ESCAPE}
        OR document::text ~ '[0-9]{255}|[0-9][eE][+-]?[0-9]{4,}')`;

const SURROGATE_PAIR = '\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}';
const UNREADABLE_ESCAPE = '\\\\u(0000|[dD][89a-fA-F])';
