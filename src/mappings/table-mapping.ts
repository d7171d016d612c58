import { ownMark } from '../catalog/own-mark.ts';
import { derivedName } from '../sql/names.ts';
import { backToOwnPathInside, lookingIn } from '../sql/search-path.ts';
import { ident, join, qualified, raw, sql, type RelationName, type Sql } from '../sql/sql.ts';
import { differs, restOf, type ColumnRules } from './json-column.ts';

export interface KeyColumn {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  /** `=`, or the operator of an extension's type with its schema. */
  readonly equals: string;
  /** Only when it differs from the type's own. */
  readonly collation: string | null;
}

export interface TargetColumn {
  readonly name: string;
  readonly type: string;
  readonly rules: ColumnRules;
}

export interface Target {
  readonly table: RelationName;
  readonly columns: readonly TargetColumn[];
}

/** How rows of one table and rows of new tables correspond: one row in every target for every source row. */
export interface TableMapping {
  readonly id: string;
  readonly migration: string;
  readonly journal: string;
  /** Prefix of everything we create for this mapping. */
  readonly base: string;
  readonly source: RelationName;
  readonly leaves: readonly RelationName[];
  readonly key: readonly KeyColumn[];
  /** The document column, and whether it is jsonb, json or text that holds JSON. */
  readonly column: {
    readonly name: string;
    readonly type: string;
    /** Of a domain: rows of it and of its base type are not compared. */
    readonly isDomain: boolean;
    readonly default: string | null;
  };
  /** Every path that some column takes. */
  readonly paths: readonly (readonly string[])[];
  readonly remainder: 'column' | 'reject' | 'drop';
  readonly targets: readonly Target[];
  /** Types and expressions, when values of some column or of the key depend on TimeZone, DateStyle or the like as they come from text, or go there. */
  readonly dependsOnSession: string | null;
  /** Foreign keys delete and move target rows before our triggers come to it. */
  readonly foreignKeys: boolean;
  /** Schemas in which triggers of the application that our writes fire look for their own tables. */
  readonly lookIn: readonly string[];
  /** Stands for the leaf a chunk reads. */
  readonly leaf: RelationName;
}

/** A name of ours in the journal's schema. */
export const ours = (m: TableMapping, suffix: string): RelationName => ({
  schema: m.journal,
  name: derivedName(m.base, suffix),
});

/** The document of a row alias as jsonb. Never raises: what only json can hold is one string, and waits in quarantine like any document that is not an object. */
export function docOf(m: TableMapping, alias: Sql): Sql {
  const document = sql`${alias}.${ident(m.column.name)}`;
  if (m.column.type === 'json') return sql`${ident(m.journal)}.as_jsonb(${document})`;
  return m.column.isDomain ? sql`${document}::jsonb` : document;
}

/** jsonb as the document column stores it. */
export const asColumn = (m: TableMapping, doc: Sql): Sql =>
  m.column.type === 'jsonb' ? doc : sql`(${doc})::${ident('pg_catalog')}.${ident(m.column.type)}`;

export const rest = (m: TableMapping, doc: Sql): Sql =>
  m.remainder === 'drop' ? sql`NULL::jsonb` : restOf(doc, m.paths);

/** Source rows as the rules read them: k0, k1, … , doc, rest. Materialized, so that the remainder is computed once. */
export const readSource = (m: TableMapping, from: Sql, where: Sql): Sql => sql`
  SELECT ${ownMark} ${join(m.key.map((k, i) => sql`s.${ident(k.source)} AS ${ident(`k${i}`)}`))},
         ${docOf(m, sql`s`)} AS doc, ${rest(m, docOf(m, sql`s`))} AS rest
    FROM ${from} AS s WHERE ${where}`;

export const forward = (c: TargetColumn, alias = sql`t`): Sql => c.rules.forward(sql`${alias}.doc`, sql`${alias}.rest`);

export const keyIs = (
  m: TableMapping,
  alias: Sql,
  side: 'source' | 'target',
  other: (k: KeyColumn, i: number) => Sql,
): Sql =>
  join(
    m.key.map((k, i) => sql`${alias}.${ident(k[side])} ${raw(k.equals)} ${other(k, i)}`),
    ' AND ',
  );

/** A condition on every statement that writes the application's tables, and what follows it inside a function. */
export const fires = (m: TableMapping): Sql => lookingIn(m.lookIn);
export const fired = (m: TableMapping): Sql =>
  m.lookIn.length
    ? sql`
    ${backToOwnPathInside}`
    : sql``;

const targetKey = (m: TableMapping): Sql => join(m.key.map((k) => ident(k.target)));

/** INSERT INTO target … SELECT from the rows of `t`. */
export const insertInto = (m: TableMapping, target: Target, onConflict: Sql): Sql => sql`
  INSERT INTO ${qualified(target.table)} AS n (${targetKey(m)}, ${join(target.columns.map((c) => ident(c.name)))})
  SELECT ${join(m.key.map((_, i) => sql`t.${ident(`k${i}`)}`))}, ${join(target.columns.map((c) => forward(c)))} FROM t WHERE ${fires(m)}
  ON CONFLICT (${targetKey(m)}) ${onConflict}`;

/** Computed values of the rows of `t`, once for each: k0, k1, …, v0, v1, …, and whether the document could hold another value: s0, s1, … */
const computed = (m: TableMapping, target: Target): Sql =>
  join([
    ...m.key.map((_, k) => sql`t.${ident(`k${k}`)}`),
    ...target.columns.map((c, j) => sql`${forward(c)} AS ${ident(`v${j}`)}`),
    ...target.columns.map((c, j) => sql`${c.rules.settable(sql`t.doc`)} AS ${ident(`s${j}`)}`),
  ]);

/** UPDATE of the target's rows from the rows of `t`: only columns for which `when` holds, and only real differences. */
function updateFrom(m: TableMapping, target: Target, rows: Sql, when: (column: number) => Sql): Sql {
  const value = (j: number) => sql`f.${ident(`v${j}`)}`;
  const current = (c: TargetColumn) => sql`n.${ident(c.name)}`;
  return sql`
    WITH t AS MATERIALIZED (${rows}),
         f AS MATERIALIZED (SELECT ${computed(m, target)} FROM t)
    UPDATE ${qualified(target.table)} AS n
       SET ${join(target.columns.map((c, j) => sql`${ident(c.name)} = CASE WHEN ${when(j)} THEN ${value(j)} ELSE ${current(c)} END`))}
      FROM f
     WHERE ${keyIs(m, sql`n`, 'target', (_, k) => sql`f.${ident(`k${k}`)}`)}
       AND (${join(
         target.columns.map((c, j) => sql`${when(j)} AND ${differs(current(c), value(j))}`),
         ' OR ',
       )}) AND ${fires(m)};${fired(m)}`;
}

/** Makes every target agree with the source rows: what the document could not hold in the first place is left as the new shape has it. */
export const bringUpToDate = (m: TableMapping, rows: Sql): Sql =>
  join(
    m.targets.map((target) => sql`${update(m, target, rows)}${addMissing(m, target, rows)}`),
    '',
  );

/** The same for one target and a row that was found there, or comes while it is looked for. */
export const addOrUpdate = (m: TableMapping, target: Target, row: Sql, key: (k: KeyColumn) => Sql): Sql => sql`
    -- It may have been left there by a row that is gone, and a drain about to delete it: that waits now, and finds the new row afterwards.
    PERFORM FROM ${qualified(target.table)} n WHERE ${keyIs(m, sql`n`, 'target', key)} FOR KEY SHARE;
    IF NOT FOUND THEN${addMissing(m, target, row)}
    END IF;${update(m, target, row)}`;

const update = (m: TableMapping, target: Target, rows: Sql) =>
  updateFrom(m, target, rows, (j) => sql`f.${ident(`s${j}`)}`);
const addMissing = (m: TableMapping, target: Target, rows: Sql) => sql`
    WITH t AS MATERIALIZED (${rows})${insertInto(m, target, sql`DO NOTHING`)};${fired(m)}`;

/** Conditions under which a NEW document may hold something that does not fit; those of a column with its place. */
export const suspicions = (
  m: TableMapping,
  doc: Sql,
): readonly { readonly at: readonly [target: number, column: number] | null; readonly is: Sql }[] => [
  { at: null, is: sql`jsonb_typeof(${doc}) NOT IN ('object', 'null')` },
  ...m.targets.flatMap(({ columns }, i) =>
    columns.flatMap((c, j) => (c.rules.canMisfit ? [{ at: [i, j] as const, is: c.rules.suspicious(doc) }] : [])),
  ),
  ...(m.remainder === 'reject' ? [{ at: null, is: sql`${rest(m, doc)} IS NOT NULL` }] : []),
];

/** Why a row does not fit, one VALUES line for each place in the document: target, column, reason, original. */
const misfitLines = (m: TableMapping): readonly Sql[] => [
  sql`('', '', CASE WHEN jsonb_typeof(t.doc) NOT IN ('object', 'null') THEN 'the document is not an object' END, t.doc)`,
  ...m.targets.flatMap((target) =>
    target.columns.map(
      (c) =>
        sql`(${target.table.name}, ${c.name}, ${c.rules.reason(sql`t.doc`)}, ${c.rules.original(sql`t.doc`, sql`t.rest`)})`,
    ),
  ),
  ...(m.remainder === 'reject'
    ? [sql`('', '', CASE WHEN t.rest IS NOT NULL THEN 'a key that no column takes' END, t.rest)`]
    : []),
];

/** True for rows with anything in misfitLines: one pass of cheap tests before the lines are written out. */
export const isMisfit = (m: TableMapping, targets = m.targets): Sql =>
  join(
    [
      sql`jsonb_typeof(t.doc) NOT IN ('object', 'null')`,
      ...targets.flatMap(({ columns }) =>
        columns.filter((c) => c.rules.canMisfit).map((c) => sql`${c.rules.reason(sql`t.doc`)} IS NOT NULL`),
      ),
      ...(m.remainder === 'reject' ? [sql`t.rest IS NOT NULL`] : []),
    ],
    ' OR ',
  );

export const keyAsJson = (m: TableMapping, column: (k: KeyColumn, i: number) => Sql): Sql =>
  sql`jsonb_build_array(${join(m.key.map(column))})`;

export const misfitRows = (m: TableMapping): Sql => sql`
  SELECT ${keyAsJson(m, (_, i) => sql`t.${ident(`k${i}`)}`)} AS key, v.target, v.column_name, v.reason, v.original
    FROM t CROSS JOIN LATERAL (VALUES ${join(misfitLines(m))}) AS v (target, column_name, reason, original)
   WHERE (${isMisfit(m)}) AND v.reason IS NOT NULL`;

/** Remembers what does not fit, once for each place that is not open already. */
export const quarantineMisfits = (m: TableMapping, rows = misfitRows(m)): Sql => sql`
  INSERT INTO ${ident(m.journal)}.quarantine (migration, mapping, key, target, column_name, reason, original)
  SELECT ${m.migration}, ${m.id}, q.* FROM (${rows}) AS q
   WHERE NOT EXISTS (SELECT FROM ${ident(m.journal)}.quarantine o
                      WHERE o.migration = ${m.migration} AND o.mapping = ${m.id} AND o.key = q.key AND o.target = q.target
                        AND o.column_name = q.column_name AND o.state <> 'settled' AND o.original IS NOT DISTINCT FROM q.original)`;
