import { join, raw, sql, type Sql } from '../sql/sql.ts';
import { substituteColumns } from '../sql/expressions.ts';

/** One column of a new table that is filled from a place in a JSON document. */
export interface JsonColumn {
  readonly name: string;
  /** As PostgreSQL can resolve it under an empty search_path. */
  readonly type: string;
  readonly from: { readonly path: readonly string[] } | 'remainder';
  /** SQL text, or null. */
  readonly default: string | null;
  readonly notNull: boolean;
  /** SQL text over this column alone, or null. */
  readonly check: string | null;
}

/** How one column is computed from a document, and written back into it. `doc` is jsonb, never a bare NEW value: a cast of a constant would be folded and raise. */
export interface ColumnRules {
  /** The column's value. Never raises. */
  readonly forward: (doc: Sql, rest: Sql) => Sql;
  /** False when every document fits. */
  readonly canMisfit: boolean;
  /** Why the document's value does not fit, as text; NULL when it does. */
  readonly reason: (doc: Sql) => Sql;
  /** True when the reason must be looked for; safe on a bare NEW value, which nothing else here is. */
  readonly suspicious: (doc: Sql) => Sql;
  /** Could this computed value be the fallback for one that does not fit? Cheap, and true for few rows that fit. */
  readonly fallen: (value: Sql, doc: Sql) => Sql;
  /** What the document holds there. */
  readonly original: (doc: Sql, rest: Sql) => Sql;
  /** True when writing NEW may have changed this column: compares what the document holds, not what we make of it. */
  readonly changed: (before: Sql, after: Sql, restBefore: Sql, restAfter: Sql) => Sql;
  /** False only where `changed` is too, and cheaper than looking at every column that it speaks for: those in which it is the same text. Null: nothing is. */
  readonly mayChange: ((before: Sql, after: Sql) => Sql) | null;
  /** The document with this column's value put in where `when` holds. `doc` stands in the result once. */
  readonly patch: (doc: Sql, value: Sql, when: Sql) => Sql;
  /** Can the document take a value there? Not when a parent is an array or a scalar. */
  readonly settable: (doc: Sql) => Sql;
  /** The document without this column's value. */
  readonly strip: (doc: Sql) => Sql;
  /** The value is not there, and the default took its place. */
  readonly defaultFilled: (doc: Sql) => Sql;
  /** Written back, the value would be another. */
  readonly lossy: (doc: Sql, rest: Sql) => Sql;
}

/** An image comparison: works for every type, and sees 1.0 and 1.00 as different. */
export const differs = (a: Sql, b: Sql): Sql => sql`record_image_ne(ROW(${a}), ROW(${b}))`;

const textArray = (items: readonly string[]): Sql => sql`${items}::text[]`;

const at = (doc: Sql, path: readonly string[]): Sql => path.reduce((inner, key) => sql`${inner} -> ${key}`, doc);

const textAt = (doc: Sql, path: readonly string[]): Sql => sql`${at(doc, path.slice(0, -1))} ->> ${path.at(-1) ?? ''}`;

/** Types whose every JSON scalar is a valid value. */
const takesAnyScalar = new Set(['text', 'character varying', 'varchar']);
const isJson = (type: string) => type === 'jsonb' || type === 'json';
/** Types whose every value JSON has a scalar for; of others, arrays and composite types among them, to_jsonb may make arrays and objects. */
const areScalars =
  /^(text|character varying|varchar|character|char|boolean|bool|smallint|integer|bigint|int[248]?|numeric|decimal|real|double precision|float[48]?|uuid|date|time|timetz|timestamp|timestamptz|interval|bytea|inet|cidr|macaddr8?)( with(out)? time zone)?(\([\d, ]+\))?$/;

/** What is no scalar in JSON is written as its text, for as such it is read. */
const toJson = (type: string, value: Sql): Sql =>
  isJson(type) || areScalars.test(type)
    ? sql`to_jsonb(${value})`
    : sql`CASE WHEN jsonb_typeof(to_jsonb(${value})) IN ('array', 'object') THEN to_jsonb((${value})::text) ELSE to_jsonb(${value}) END`;

export function valueRules(
  column: JsonColumn,
  path: readonly string[],
  journal: Sql,
  serverMajor: number,
): ColumnRules {
  const type = raw(column.type);
  const written = column.default === null ? sql`NULL` : raw(column.default);
  const fallback = sql`(${column.notNull ? written : sql`NULL`})::${type}`;
  const absent = sql`(${written})::${type}`;
  const json = isJson(column.type);
  const cast = (doc: Sql) => (json ? sql`(${at(doc, path)})::${type}` : sql`(${textAt(doc, path)})::${type}`);
  const scalar = (doc: Sql) => sql`jsonb_typeof(${at(doc, path)}) IN ('string', 'number', 'boolean')`;
  const present = (doc: Sql) => (json ? sql`jsonb_typeof(${at(doc, path)}) <> 'null'` : scalar(doc));
  const valid = (doc: Sql) =>
    serverMajor >= 16
      ? sql`pg_input_is_valid(${textAt(doc, path)}, ${column.type})`
      : sql`${journal}.input_is_valid(${textAt(doc, path)}, ${column.type})`;
  // A JSON value of the column's own kind comes back as it was.
  const ownKind = column.check === null ? { text: 'string', boolean: 'boolean' }[column.type] : undefined;
  const casts = (doc: Sql) => (json || takesAnyScalar.has(column.type) ? null : valid(doc));
  const allowed = (doc: Sql) =>
    column.check === null ? null : sql`(${withValue(column.check, column.name, cast(doc))}) IS NOT FALSE`;
  const guarded = (doc: Sql, then: Sql, otherwise: (why: string) => Sql): Sql => {
    const check = allowed(doc);
    const inner = check ? sql`CASE WHEN ${check} THEN ${then} ELSE ${otherwise('violates its check')} END` : then;
    const ok = casts(doc);
    return ok ? sql`CASE WHEN ${ok} THEN ${inner} ELSE ${otherwise(`does not cast to ${column.type}`)} END` : inner;
  };
  const forward = (doc: Sql): Sql => sql`CASE WHEN ${at(doc, path)} IS NULL THEN ${absent}
      WHEN ${present(doc)} THEN ${guarded(doc, cast(doc), () => fallback)} ELSE ${fallback} END`;
  const asJson = (value: Sql) => toJson(column.type, value);
  // Without a default an absent key and NULL are the same; with one, NULL must be written down.
  const writtenDown = (value: Sql) =>
    column.default === null || column.notNull ? asJson(value) : sql`coalesce(${asJson(value)}, 'null')`;
  const reason = (
    doc: Sql,
  ): Sql => sql`CASE WHEN ${at(doc, path)} IS NULL OR jsonb_typeof(${at(doc, path)}) = 'null' THEN NULL
      WHEN ${present(doc)} THEN ${guarded(doc, sql`NULL`, (why) => sql`${why}`)} ELSE 'is not a scalar' END`;
  const settable = (doc: Sql): Sql =>
    join(
      path.map((_, depth) => isObject(at(doc, path.slice(0, depth)))),
      ' AND ',
    );
  return {
    forward,
    canMisfit: true,
    reason,
    // A check casts, and a cast of a constant is folded and raises: those are looked at in the stored row.
    suspicious: (doc) =>
      column.check === null || takesAnyScalar.has(column.type)
        ? sql`${reason(doc)} IS NOT NULL`
        : sql`${at(doc, path)} IS NOT NULL`,
    // What is written as the fallback itself would be written has fitted.
    fallen: (value, doc) =>
      column.notNull && column.default !== null
        ? sql`${textAt(doc, path)} <> (${fallback})::text AND NOT ${differs(value, fallback)}`
        : sql`${value} IS NULL AND ${textAt(doc, path)} IS NOT NULL`,
    original: (doc) => at(doc, path),
    changed: (before, after) => differs(at(before, path), at(after, path)),
    mayChange:
      path.length > 1 ? (before, after) => partsMayChange(before, after, (doc) => [at(doc, path.slice(0, 1))]) : null,
    patch: (doc, value, when) =>
      sql`${journal}.json_set_when(${doc}, ${when}, ${textArray(path)}, ${writtenDown(value)})`,
    settable,
    strip: (doc) => sql`${journal}.json_set(${doc}, ${textArray(path)}, NULL)`,
    defaultFilled: (doc) => (column.default === null ? sql`false` : sql`${at(doc, path)} IS NULL`),
    lossy: (doc) =>
      ownKind
        ? sql`jsonb_typeof(${at(doc, path)}) NOT IN (${ownKind}, 'null')`
        : sql`jsonb_typeof(${at(doc, path)}) <> 'null' AND ${differs(asJson(forward(doc)), at(doc, path))}`,
  };
}

/** Or nothing yet, which can become an object. */
const isObject = (doc: Sql): Sql => sql`coalesce(jsonb_typeof(${doc}), 'null') IN ('null', 'object')`;

/** Where there was no object, everything may be new. */
const partsMayChange = (before: Sql, after: Sql, parts: (doc: Sql) => readonly Sql[]): Sql =>
  sql`${differs(join(parts(before)), join(parts(after)))} OR NOT (${isObject(before)})`;

/** All that `restOf` is made of. */
const partsOfRest = (doc: Sql, paths: readonly (readonly string[])[]): readonly Sql[] => [
  sql`CASE WHEN jsonb_typeof(${doc}) = 'object' THEN ${doc} - ${textArray(firstKeys(paths))} END`,
  ...parentsIn(paths).map((key) => at(doc, [key])),
];

const firstKeys = (paths: readonly (readonly string[])[]): readonly string[] => [
  ...new Set(paths.map(([key = '']) => key)),
];

const parentsIn = (paths: readonly (readonly string[])[]): readonly string[] =>
  firstKeys(paths).filter((key) => paths.some((path) => path.length > 1 && path[0] === key));

/** The column that keeps every key no other column takes. */
export function remainderRules(paths: readonly (readonly string[])[], journal: Sql): ColumnRules {
  const pathList = sql`${JSON.stringify(paths)}::jsonb`;
  return {
    forward: (_doc, rest) => rest,
    canMisfit: false,
    reason: () => sql`NULL::text`,
    suspicious: () => sql`false`,
    fallen: () => sql`false`,
    original: (_doc, rest) => rest,
    changed: (_before, _after, restBefore, restAfter) => differs(restBefore, restAfter),
    mayChange: (before, after) => partsMayChange(before, after, (doc) => partsOfRest(doc, paths)),
    patch: (doc, value, when) => sql`${journal}.json_with_rest_when(${doc}, ${when}, ${pathList}, ${value})`,
    settable: isObject,
    strip: (doc) => sql`${journal}.json_with_rest(${doc}, ${pathList}, NULL)`,
    defaultFilled: () => sql`false`,
    lossy: () => sql`false`,
  };
}

/** The keys that no path takes, without parents that this empties; NULL when nothing is left or the document is not an object. */
export const restOf = (doc: Sql, paths: readonly (readonly string[])[]): Sql =>
  sql`CASE WHEN jsonb_typeof(${doc}) = 'object' THEN ${restOfObject(doc, paths)} END`;

/** Level by level: taking keys off small objects costs less than cutting paths out of the whole document. */
function restOfObject(object: Sql, paths: readonly (readonly string[])[]): Sql {
  const others = sql`${object} - ${textArray(firstKeys(paths))}`;
  const whole = parentsIn(paths).reduce((inner, key) => {
    const child = sql`(${object} -> ${key})`;
    const rest = restOfObject(
      child,
      paths.filter(([first]) => first === key).map((path) => path.slice(1)),
    );
    return sql`CASE WHEN ${child} IS NULL THEN ${inner}
      WHEN jsonb_typeof(${child}) <> 'object' OR ${child} = '{}' THEN (${inner}) || jsonb_build_object(${key}::text, ${child})
      WHEN ${rest} IS NULL THEN ${inner} ELSE (${inner}) || jsonb_build_object(${key}::text, ${rest}) END`;
  }, others);
  return sql`NULLIF(${whole}, '{}')`;
}

/** The check's text with the candidate value in place of the column. */
function withValue(check: string, column: string, value: Sql): Sql {
  const [first = '', ...others] = substituteColumns(check, `check of ${column}`, () => '\u0001').split('\u0001');
  return others.reduce((whole, piece) => sql`${whole}(${value})${raw(piece)}`, raw(first));
}
