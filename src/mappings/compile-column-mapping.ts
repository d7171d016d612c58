import { ownMark } from '../catalog/own-mark.ts';
import { substituteColumns } from '../sql/expressions.ts';
import { lookingIn } from '../sql/search-path.ts';
import { ident, qualified, raw, sql, type Sql } from '../sql/sql.ts';
import {
  GUARD,
  agrees,
  column,
  down,
  downFails,
  guardValue,
  keyAsJson,
  kept,
  misfitReason,
  named,
  quarantineRows,
  up,
  upFails,
  type ColumnMapping,
} from './column-mapping.ts';
import { differs } from './json-column.ts';
import type { Mapping, ParityCheck } from './mapping.ts';

const allRows = (m: ColumnMapping): Sql => sql`${qualified(m.table)} AS s`;
const old = (m: ColumnMapping): Sql => column('s', m.from.name);
const unfilled = (m: ColumnMapping, value: Sql): Sql => sql`${column('s', m.to.name)} IS NULL AND ${value} IS NOT NULL`;
const misfit = (m: ColumnMapping): Sql => sql`${old(m)} IS NOT NULL AND ${upFails(m, old(m))}`;
/** What new code wrote and the old column cannot hold: only the new one has it. */
const misfitBack = (m: ColumnMapping): Sql =>
  sql`${column('s', m.to.name)} IS NOT NULL AND ${downFails(m, column('s', m.to.name))}`;

export function compileColumnMapping(m: ColumnMapping): Mapping {
  const leaf = qualified(m.leaf);
  const range = sql`s.ctid >= ($1::text)::tid AND s.ctid < ($2::text)::tid`;
  const [from, to] = [column('s', m.from.name), column('s', m.to.name)];
  const fast =
    m.up === null
      ? from
      : sql`(${raw(substituteColumns(m.up, 'up', () => `s."${m.from.name.replaceAll('"', '""')}"`))})::${raw(m.to.type)}`;
  const table = allRows(m);
  const guard = sql`set_config(${GUARD}, ${guardValue(m)}, true)`;
  const fillWith = (value: Sql): Sql => sql`
WITH guard AS MATERIALIZED (SELECT ${guard} AS on), filled AS (
  UPDATE ${ownMark} ${leaf} AS s SET ${ident(m.to.name)} = ${value} FROM guard
   WHERE ${range} AND guard.on IS NOT NULL AND ${unfilled(m, value)} AND ${lookingIn(m.lookIn)})
SELECT (SELECT count(*) FROM ${leaf} AS s WHERE ${range}) AS rows, 0 AS misfits`;
  return {
    id: m.id,
    kind: 'column',
    source: m.table,
    column: m.from.name,
    targets: [m.table],
    key: m.key,
    leaf: m.leaf,
    chunk: fillWith(fast),
    chunkCarefully: m.up === null ? null : fillWith(up(m, from)),
    drain: null,
    revive: [
      sql`
WITH guard AS MATERIALIZED (SELECT ${guard} AS on), patched AS (
  UPDATE ${ownMark} ${leaf} AS s SET ${ident(m.from.name)} = ${down(m, to)} FROM guard
   WHERE ${range} AND guard.on IS NOT NULL AND NOT ${agrees(m, from, to)} AND NOT ${downFails(m, to)} AND ${lookingIn(m.lookIn)}
  RETURNING 1)
SELECT count(*) AS rows FROM patched`,
    ],
    mend: sql`
WITH mended AS (
  UPDATE ${ownMark} ${leaf} AS s SET ${ident(m.to.name)} = ${up(m, from)}
   WHERE ${range} AND NOT ${agrees(m, from, to)} AND NOT (${misfit(m)}) AND NOT (${misfitBack(m)}) AND ${lookingIn(m.lookIn)}
  RETURNING 1)
SELECT (SELECT count(*) FROM ${leaf} AS s WHERE ${range}) AS rows, (SELECT count(*) FROM mended) AS mended`,
    parity: [parityCheck(m)],
    misfits:
      m.up === null
        ? sql`SELECT ''::text AS "column", ''::text AS type, ''::text AS reason, 0 AS rows WHERE false`
        : sql`SELECT ''::text AS "column", ''::text AS type, ''::text AS reason, 0 AS rows FROM (SELECT ${ownMark} count(${fast}) AS n FROM ${table}) AS probe WHERE probe.n < 0`,
    requarantine: requarantine(m),
    ...(m.to.required ? { unfilled: sql`SELECT count(*) AS rows FROM ${table} WHERE ${to} IS NULL` } : {}),
    oldWrites: named(m, 'old_writes'),
  };
}

function parityCheck(m: ColumnMapping): ParityCheck {
  const [from, to] = [old(m), column('s', m.to.name)];
  return {
    title: `${m.table.name}.${m.from.name} → ${m.to.name}`,
    counts: sql`
SELECT ${ownMark} count(*) AS compared,
       count(*) FILTER (WHERE ${unfilled(m, up(m, from))} AND NOT ${agrees(m, from, to)}) AS missing,
       0 AS extra,
       count(*) FILTER (WHERE NOT (${unfilled(m, up(m, from))}) AND NOT ${agrees(m, from, to)} AND NOT (${misfit(m)}) AND NOT (${misfitBack(m)})) AS stale,
       count(*) FILTER (WHERE ${misfit(m)}) AS quarantined
  FROM ${allRows(m)}`,
    lossless: sql`
SELECT ${ownMark} ${m.to.name} AS "column", count(*) FILTER (WHERE ${from} IS NOT NULL AND NOT ${differs(down(m, up(m, from)), from)}) AS exact, 0 AS default_filled,
       count(*) FILTER (WHERE ${from} IS NOT NULL AND ${differs(down(m, up(m, from)), from)}) AS lost FROM ${allRows(m)}`,
    repair: null,
  };
}

/** Rows whose value does not convert, or would not convert back: key, reason and value. */
const misfits = (m: ColumnMapping): Sql => {
  const [from, to] = [old(m), column('s', m.to.name)];
  const rows = (direction: 'up' | 'down', value: Sql, where: Sql) =>
    sql`SELECT ${keyAsJson(m, 's')} AS key, ${misfitReason(m, direction)} AS reason, ${kept(m, direction, value)} AS original FROM ${allRows(m)} WHERE ${where}`;
  return sql`${rows('up', from, misfit(m))} UNION ALL ${rows('down', to, sql`NOT ${agrees(m, from, to)} AND ${misfitBack(m)}`)}`;
};

const requarantine = (m: ColumnMapping): Sql => sql`
WITH q AS MATERIALIZED (${misfits(m)}), settled AS (
  UPDATE ${ident(m.journal)}.quarantine o SET state = 'settled', settled_at = now()
   WHERE o.migration = ${m.migration} AND o.mapping = ${m.id} AND o.state <> 'settled'
     AND NOT EXISTS (SELECT FROM q WHERE q.key IS NOT DISTINCT FROM o.key AND q.reason = o.reason AND q.original IS NOT DISTINCT FROM o.original)
  RETURNING 1), opened AS (${quarantineRows(m, sql`SELECT DISTINCT key, reason, original FROM q`)}
  RETURNING 1)
SELECT (SELECT count(*) FROM settled) AS settled, (SELECT count(*) FROM opened) AS opened`;
