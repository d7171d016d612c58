import { ident, inline, join, qualified, sql, type Sql } from '../sql/sql.ts';
import type { ParityCheck } from './mapping.ts';
import { differs } from './json-column.ts';
import {
  forward,
  isMisfit,
  keyAsJson,
  keyIs,
  misfitRows,
  quarantineMisfits,
  readSource,
  type TableMapping,
  type Target,
  type TargetColumn,
} from './table-mapping.ts';
import { allUnsettable, UNSETTABLE } from './table-reverse.ts';

const allRows = (m: TableMapping): Sql => readSource(m, qualified(m.source), sql`true`);

/** Source and target side by side, one row for each key in either. */
const sideBySide = (m: TableMapping, target: Target): Sql => sql`
  t FULL JOIN ${qualified(target.table)} AS n ON ${keyIs(m, sql`n`, 'target', (_, i) => sql`t.${ident(`k${i}`)}`)}`;

const firstKey = (m: TableMapping) => ({ source: sql`t.k0`, target: sql`n.${ident(m.key[0]?.target ?? '')}` });

/** Columns in groups that the document can or cannot hold together: one comparison for each group. */
function wrong(target: Target): Sql {
  const groups = new Map<string, { settable: Sql; columns: TargetColumn[] }>();
  for (const c of target.columns) {
    const settable = c.rules.settable(sql`t.doc`);
    const group = groups.get(inline(settable));
    if (group) group.columns.push(c);
    else groups.set(inline(settable), { settable, columns: [c] });
  }
  const differ = [...groups.values()].map(
    ({ settable, columns }) =>
      sql`${settable} AND ${differs(join(columns.map((c) => sql`n.${ident(c.name)}`)), join(columns.map((c) => forward(c))))}`,
  );
  return join(differ, ' OR ');
}

/** Row by row: a full join names every difference, and costs no more than hashing both sides. */
export function parityChecks(m: TableMapping): readonly ParityCheck[] {
  const { source, target: other } = firstKey(m);
  const missing = sql`${other} IS NULL`;
  const extra = sql`${source} IS NULL`;
  return m.targets.map((target) => ({
    title: `${m.source.name}.${m.column.name} → ${target.table.name}`,
    counts: sql`
WITH t AS (${allRows(m)})
SELECT count(*) AS compared,
       count(*) FILTER (WHERE ${missing}) AS missing,
       count(*) FILTER (WHERE ${extra}) AS extra,
       count(*) FILTER (WHERE NOT (${missing}) AND NOT (${extra}) AND (${wrong(target)})) AS stale,
       count(*) FILTER (WHERE NOT (${extra}) AND (${isMisfit(m, [target])})) AS quarantined
  FROM ${sideBySide(m, target)}`,
    lossless: lossless(m, target),
    repair: sql`
WITH t AS (${allRows(m)}), bad AS (
  INSERT INTO ${ident(m.journal)}.dirty (migration, mapping, key)
  SELECT ${m.migration}, ${m.id}, ${keyAsJson(m, (k, i) => sql`coalesce(t.${ident(`k${i}`)}, n.${ident(k.target)})`)}
    FROM ${sideBySide(m, target)}
   WHERE (${missing}) OR (${extra}) OR (${wrong(target)})
  RETURNING 1)
SELECT count(*) AS rows FROM bad`,
  }));
}

/** Of the values in the documents: how many the new table holds exactly, where a default took an absent value's place, how many it cannot give back. */
function lossless(m: TableMapping, target: Target): Sql {
  const counted = target.columns.map((c, j) => {
    const present = sql`${c.rules.original(sql`t.doc`, sql`t.rest`)} IS NOT NULL`;
    const lost = sql`(${present}) AND (${c.rules.lossy(sql`t.doc`, sql`t.rest`)})`;
    return {
      name: c.name,
      aggregates: sql`count(*) FILTER (WHERE ${present}) - count(*) FILTER (WHERE ${lost}) AS ${ident(`e${j}`)},
         count(*) FILTER (WHERE ${c.rules.defaultFilled(sql`t.doc`)}) AS ${ident(`d${j}`)},
         count(*) FILTER (WHERE ${lost}) AS ${ident(`l${j}`)}`,
      line: sql`(${c.name}, ${ident(`e${j}`)}, ${ident(`d${j}`)}, ${ident(`l${j}`)})`,
    };
  });
  return sql`
WITH t AS (${allRows(m)}),
     counted AS (SELECT ${join(counted.map((c) => c.aggregates))} FROM t)
SELECT v.* FROM counted CROSS JOIN LATERAL (VALUES ${join(counted.map((c) => c.line))}) AS v ("column", exact, default_filled, lost)`;
}

/** How many values would not fit, by place and JSON type: never the values. */
export const misfitCounts = (m: TableMapping): Sql => sql`
WITH t AS (${allRows(m)}), q AS (${misfitRows(m)})
SELECT CASE WHEN target = '' THEN ${m.column.name} ELSE target || '.' || column_name END AS "column",
       coalesce(jsonb_typeof(original), 'null') AS type, reason, count(*) AS rows
  FROM q GROUP BY 1, 2, 3
UNION ALL
SELECT '', '', '', 0 FROM (SELECT ${join(m.targets.flatMap((target) => target.columns.map((c) => forward(c))))} FROM (${allRows(m)}) AS t LIMIT 0) AS probe
 ORDER BY 4 DESC`;

/** Opens what does not fit now and settles what fits again; what a person accepted stays accepted while the value is the same. */
export const requarantine = (m: TableMapping): Sql => sql`
WITH t AS (${allRows(m)}), q AS MATERIALIZED (${misfitRows(m)}), unsettable AS MATERIALIZED (${allUnsettable(m)}), settled AS (
  UPDATE ${ident(m.journal)}.quarantine o SET state = 'settled', settled_at = now()
   WHERE o.migration = ${m.migration} AND o.mapping = ${m.id} AND o.state <> 'settled'
     AND CASE WHEN o.reason = ${UNSETTABLE}
         THEN NOT EXISTS (SELECT FROM unsettable u WHERE u.key = o.key AND u.target = o.target AND u.column_name = o.column_name)
         ELSE NOT EXISTS (SELECT FROM q WHERE q.key = o.key AND q.target = o.target AND q.column_name = o.column_name AND q.original IS NOT DISTINCT FROM o.original) END
  RETURNING 1), opened AS (${quarantineMisfits(m, sql`SELECT * FROM q`)}
  RETURNING 1)
SELECT (SELECT count(*) FROM settled) AS settled, (SELECT count(*) FROM opened) AS opened`;
