import { ownMark } from '../catalog/own-mark.ts';
import { ident, inline, join, qualified, sql, type Sql } from '../sql/sql.ts';
import { anonymous, type Routine } from './functions.ts';
import { differs } from './json-column.ts';
import {
  asColumn,
  bringUpToDate,
  docOf,
  fired,
  fires,
  insertInto,
  keyAsJson,
  keyIs,
  ours,
  quarantineMisfits,
  readSource,
  rest,
  type KeyColumn,
  type TableMapping,
  type Target,
} from './table-mapping.ts';
import { DRAINING, mustPatch, patched, stripped } from './table-reverse.ts';

/**
 * One range of pages into every target, as plain INSERTs: ON CONFLICT would look into the index twice for every row. It takes no lock on the source's rows: while chunks run, the drain does not,
 * so that whatever was written during a chunk is brought up to date after it.
 */
export const chunk = (m: TableMapping, onConflict = sql``): Sql => {
  const range = sql`s.ctid >= ($1::text)::tid AND s.ctid < ($2::text)::tid`;
  const leaf = sql`${qualified(m.leaf)} AS s`;
  const doc = docOf(m, sql`s`);
  const value = (i: number, j: number) => ident(`v${i}_${j}`);
  const keys = join(m.key.map((_, i) => ident(`k${i}`)));
  const values = m.targets.flatMap((t, i) =>
    t.columns.map((c, j) => sql`${c.rules.forward(doc, rest(m, doc))} AS ${value(i, j)}`),
  );
  const inserts = m.targets.map(
    (t, i) => sql`${ident(`w${i}`)} AS (
  INSERT INTO ${qualified(t.table)} (${join([...m.key.map((k) => ident(k.target)), ...t.columns.map((c) => ident(c.name))])})
  SELECT ${keys}, ${join(t.columns.map((_, j) => value(i, j)))} FROM f WHERE ${fires(m)}${onConflict})`,
  );
  // Only documents that may not fit are kept and looked at again: few.
  const suspects = [
    sql`jsonb_typeof(c.doc) <> 'object'`,
    ...m.targets.flatMap((t, i) =>
      t.columns.flatMap(({ rules }, j) => (rules.canMisfit ? [rules.fallen(sql`c.${value(i, j)}`, sql`c.doc`)] : [])),
    ),
    ...(m.remainder === 'reject' ? [sql`${rest(m, sql`c.doc`)} IS NOT NULL`] : []),
  ];
  return sql`
WITH f AS MATERIALIZED (
  SELECT ${keys}, ${join(m.targets.flatMap((t, i) => t.columns.map((_, j) => value(i, j))))},
         CASE WHEN ${join(suspects, ' OR ')} THEN c.doc END AS doc
    FROM (
  SELECT ${ownMark} ${join(m.key.map((k, i) => sql`s.${ident(k.source)} AS ${ident(`k${i}`)}`))}, ${doc} AS doc,
         ${join(values, ',\n         ')}
    FROM ${leaf} WHERE ${range} OFFSET 0) AS c
), ${join(inserts)}, t AS (
  SELECT ${keys}, f.doc, ${rest(m, sql`f.doc`)} AS rest FROM f WHERE f.doc IS NOT NULL
), q AS (${quarantineMisfits(m)}
  RETURNING 1)
SELECT (SELECT count(*) FROM ${leaf} WHERE ${range}) AS rows, (SELECT count(*) FROM q) AS misfits`;
};

/** The same where some rows are there already: drained, or copied before the table was rewritten. */
export const chunkCarefully = (m: TableMapping): Sql =>
  chunk(m, sql` ON CONFLICT (${join(m.key.map((k) => ident(k.target)))}) DO NOTHING`);

const fromJson = (k: KeyColumn, i: number): Sql => sql`(captured.key ->> ${i})::${{ parts: [{ text: k.type }] }}`;
const capturedIs = (m: TableMapping, alias: Sql, side: 'source' | 'target'): Sql => keyIs(m, alias, side, fromJson);

/**
 * Brings captured rows up to date: takes keys off the list, deletes what has no source any more, then, in statements
 * of their own so that a re-insert between them is seen, locks the source rows and writes them. Rows that somebody
 * has locked go back to their place on the list: a drain never waits for the application's rows.
 */
export function drainRoutine(m: TableMapping, reviving: boolean): Routine {
  const dirty = sql`${ident(m.journal)}.dirty`;
  const source = qualified(m.source);
  return {
    name: ours(m, 'drain'),
    parameters: sql`batch integer`,
    returns: 'bigint',
    // The label tells the variables from columns of the tables that have their names.
    body: sql`
<<drain>>
DECLARE
  keys jsonb[];
  places bigint[];
  held jsonb[];
  deleted jsonb[];
  one jsonb;
  truncated boolean;
  drained bigint;
  kept bigint;
BEGIN
  PERFORM set_config(${DRAINING}, 'on', true);
  WITH taken AS (
    DELETE FROM ${dirty} d
     WHERE d.id IN (SELECT d.id FROM ${dirty} d WHERE d.migration = ${m.migration} AND d.mapping = ${m.id} ORDER BY d.id LIMIT batch FOR UPDATE SKIP LOCKED)
    RETURNING d.id, d.key),
  grouped AS (SELECT key, min(id) AS id, count(*) AS n FROM taken GROUP BY key)
  SELECT coalesce(array_agg(key) FILTER (WHERE key IS NOT NULL), '{}'), array_agg(id) FILTER (WHERE key IS NOT NULL),
         coalesce(sum(n), 0), coalesce(bool_or(key IS NULL), false)
    INTO keys, places, drained, truncated FROM grouped;
  IF drained = 0 THEN
    RETURN 0;
  END IF;${deleteOrphans(m)}
  SELECT coalesce(array_agg(l.key), '{}') INTO held FROM (
    SELECT captured.key FROM unnest(keys) AS captured (key) JOIN ${source} s ON ${capturedIs(m, sql`s`, 'source')}
       FOR NO KEY UPDATE OF s SKIP LOCKED) AS l;
  INSERT INTO ${dirty} (id, migration, mapping, key) OVERRIDING SYSTEM VALUE
  SELECT coalesce(captured.id, nextval(pg_get_serial_sequence(${inline(dirty)}, 'id'))), ${m.migration}, ${m.id}, captured.key FROM unnest(keys, places) AS captured (key, id)
   WHERE captured.key NOT IN (SELECT h.key FROM unnest(held) AS h (key))
     AND EXISTS (SELECT FROM ${source} s WHERE ${capturedIs(m, sql`s`, 'source')});
  GET DIAGNOSTICS kept = ROW_COUNT;${reviving ? reviveHeld(m) : bringHeldUpToDate(m)}
  RETURN greatest(drained - kept, 0);
END `,
  };
}

/** The function comes back to the path of before: triggers of the application that fire at commit need the wide one. */
export const drainSome = (m: TableMapping, batch: Sql): Sql =>
  sql`SELECT ${qualified(ours(m, 'drain'))}(${batch}) AS drained WHERE ${fires(m)}`;

const AT_ONCE = 10_000;

/** Everything that was captured, in one go: for a step that holds writers off and comes right after a drain, so that it is little. Where it is not, the step lets go, and drains again. */
export const drainCaptured = (m: TableMapping): Sql => sql`${unless(
  m,
  sql` OFFSET ${AT_ONCE}`,
  'more captured writes wait to be drained than writers could wait for',
)};
${drainSome(m, sql`${AT_ONCE}`)}`;

/** For a step that holds everybody off and takes the list away: what came onto it since the drain is drained before the next try. */
export const nothingCaptured = (m: TableMapping): Sql => unless(m, sql``, 'captured writes have yet to be drained');

/** As if a lock was not had: the step is tried again, and drains before. */
const unless = (m: TableMapping, captured: Sql, why: string): Sql =>
  anonymous(sql` BEGIN
  IF EXISTS (SELECT FROM ${ident(m.journal)}.dirty WHERE migration = ${m.migration} AND mapping = ${m.id}${captured}) THEN
    RAISE lock_not_available USING MESSAGE = ${why};
  END IF;
END `);

/** Rows of the targets whose source is gone: all after a TRUNCATE, else those of the captured keys. */
function deleteOrphans(m: TableMapping): Sql {
  const orphaned = sql`NOT EXISTS (SELECT FROM ${qualified(m.source)} s WHERE ${keyIs(m, sql`s`, 'source', (k) => sql`n.${ident(k.target)}`)})`;
  const all = m.targets.map(
    ({ table }) => sql`
    WITH gone AS (
      DELETE FROM ${qualified(table)} n WHERE ${orphaned} AND ${fires(m)}
      RETURNING ${keyAsJson(m, (k) => sql`n.${ident(k.target)}`)} AS key)
    SELECT coalesce(array_agg(key), '{}') INTO deleted FROM gone;${fired(m)}
    -- A row that was inserted meanwhile is one more to bring up to date.
    keys := keys || ARRAY(SELECT captured.key FROM unnest(deleted) AS captured (key) WHERE EXISTS (SELECT FROM ${qualified(m.source)} s WHERE ${capturedIs(m, sql`s`, 'source')}));`,
  );
  const captured = m.targets.map(
    ({ table }) => sql`
  DELETE FROM ${qualified(table)} n USING unnest(drain.keys) AS captured (key) WHERE ${capturedIs(m, sql`n`, 'target')} AND ${orphaned} AND ${fires(m)};${fired(m)}`,
  );
  return sql`
  IF truncated THEN${join(all, '')}
  END IF;${join(captured, '')}`;
}

function bringHeldUpToDate(m: TableMapping): Sql {
  const rows = sql`
  SELECT x.* FROM unnest(held) AS captured (key) CROSS JOIN LATERAL (${readSource(m, qualified(m.source), capturedIs(m, sql`s`, 'source'))}) AS x`;
  return sql`${bringUpToDate(m, rows)}
  WITH t AS MATERIALIZED (${rows})${quarantineMisfits(m)};`;
}

function reviveHeld(m: TableMapping): Sql {
  const isOne = (alias: Sql) =>
    keyIs(m, alias, 'source', (k, i) => sql`(drain.one ->> ${i})::${{ parts: [{ text: k.type }] }}`);
  return sql`
  FOREACH one IN ARRAY held LOOP${join(
    m.targets
      .flatMap((target) => reviveTarget(m, target, qualified(m.source), isOne))
      .map((statement) => sql`${statement};${fired(m)}`),
    '',
  )}
  END LOOP;`;
}

/**
 * After contract and back: the old column takes what the new tables say now, and every row has its rows there again. The rows are locked in one statement and
 * the new tables read in the next, so that no value of an older snapshot is written. That one does everything: a row that it has
 * written may lie on another page, where a further statement over this range would not find it.
 */
export function revive(m: TableMapping): readonly Sql[] {
  const source = qualified(m.leaf);
  const range = sql`o.ctid >= ($1::text)::tid AND o.ctid < ($2::text)::tid`;
  const [there, doc] = [(i: number) => sql`there.${ident(`t${i}`)}`, sql`held.doc`];
  const key = (i: number) => ident(`k${i}`);
  const last = docAfter(m.targets.length);
  const missing = (i: number) => sql`
  SELECT ${join(m.key.map((_, k) => sql`held.${key(k)}`))}, ${doc} AS doc, ${rest(m, doc)} AS rest FROM held WHERE NOT held.${ident(`t${i}`)}`;
  return [
    sql`SELECT ${ownMark} count(*) AS rows, set_config(${DRAINING}, 'on', true) FROM (SELECT FROM ${source} AS o WHERE ${range} FOR NO KEY UPDATE) AS held`,
    sql`
WITH held AS MATERIALIZED (
  SELECT ${ownMark} o.ctid AS place, ${join(m.key.map((k, i) => sql`o.${ident(k.source)} AS ${key(i)}`))}, ${docOf(m, sql`o`)} AS before, ${last} AS doc,
         ${join(m.targets.map((_, i) => sql`${there(i)}`))}
    FROM ${source} AS o${join(
      m.targets.map((target, i) => revivedBy(m, target, i)),
      '',
    )}
    CROSS JOIN LATERAL (SELECT ${join(m.targets.map((_, i) => sql`coalesce(${ident(`p${i}`)}.there, false) AS ${ident(`t${i}`)}`))}) AS there
   WHERE ${range}
), patched AS (
  UPDATE ${source} AS o SET ${ident(m.column.name)} = ${asColumn(m, doc)}
    FROM held WHERE o.ctid = held.place AND ${differs(sql`held.before`, doc)} AND ${fires(m)}
), ${join(
      m.targets.map(
        (target, i) =>
          sql`${ident(`added_${i}`)} AS (WITH t AS MATERIALIZED (${missing(i)})${insertInto(m, target, sql`DO NOTHING`)})`,
      ),
      ', ',
    )}
SELECT count(*) AS rows FROM held`,
  ];
}

const docAfter = (targets: number): Sql => sql`${ident(`d${targets - 1}`)}.doc`;

/** The document as one more target makes it: where the new shape has no row, its values are gone since contract. */
function revivedBy(m: TableMapping, target: Target, i: number): Sql {
  const base = i === 0 ? docOf(m, sql`o`) : docAfter(i);
  const [p, d] = [ident(`p${i}`), ident(`d${i}`)];
  return sql`
    LEFT JOIN LATERAL (
      SELECT true AS there, ${patched(m, target, () => sql`true`, sql`false`, base)} AS doc
        FROM ${qualified(target.table)} AS n WHERE ${keyIs(m, sql`n`, 'target', (k) => sql`o.${ident(k.source)}`)}) AS ${p} ON true
    CROSS JOIN LATERAL (SELECT CASE WHEN ${p}.there THEN ${p}.doc ELSE ${stripped(m, target, base)} END AS doc OFFSET 0) AS ${d}`;
}

/** Of the source rows in some range, which are locked: their documents from this target's rows, and the rows that it lacks. */
const reviveTarget = (m: TableMapping, target: Target, source: Sql, range: (alias: Sql) => Sql): readonly Sql[] => [
  sql`
UPDATE ${ownMark} ${source} AS o SET ${ident(m.column.name)} = ${asColumn(
    m,
    patched(m, target, () => sql`true`, sql`false`),
  )}
  FROM ${qualified(target.table)} AS n
 WHERE ${range(sql`o`)} AND ${keyIs(m, sql`n`, 'target', (k) => sql`o.${ident(k.source)}`)}
   AND (${join(
     target.columns.map((c) => mustPatch(m, c, sql`false`)),
     ' OR ',
   )}) AND ${fires(m)}`,
  // The new shape has no row: since contract that means the values are gone.
  sql`
UPDATE ${ownMark} ${source} AS o SET ${ident(m.column.name)} = ${asColumn(m, stripped(m, target))}
 WHERE ${range(sql`o`)} AND ${differs(docOf(m, sql`o`), stripped(m, target))}
   AND NOT EXISTS (SELECT FROM ${qualified(target.table)} AS n WHERE ${keyIs(m, sql`n`, 'target', (k) => sql`o.${ident(k.source)}`)})
   AND ${fires(m)}`,
  sql`
WITH t AS MATERIALIZED (${readSource(m, source, range(sql`s`))})${insertInto(m, target, sql`DO NOTHING`)}`,
];
