import type { JsonPath } from '../catalog/json-structure.ts';
import type { Evidence } from './evidence.ts';
import { parsedExpression } from './parse.ts';
import type { Default } from './values.ts';

/** A column of a new table, as `extract_json` has it. */
export interface KeyColumn {
  readonly type: string;
  readonly from: string | readonly string[];
  readonly default?: Default;
  readonly not_null?: true;
  readonly check?: string;
  readonly index?: true;
}

export interface DraftedColumn {
  readonly fields: KeyColumn;
  readonly comment: string;
  /** Values of an enumeration that hardly anybody has, and those that the column is to take. */
  readonly closed: { readonly values: readonly string[]; readonly strangers: number } | null;
}

/** The column that a key becomes: by what its values are, by the JSON column's default and by the indexes over it. */
export function keyColumn(path: JsonPath, name: string, { defaultOf, indexOn }: Evidence): DraftedColumn {
  const given = defaultOf(path.path);
  const value = given !== null && takes(path.suggested, given) ? given : null;
  const flag = value !== null && path.suggested === 'boolean' && path.types.null === 0;
  const index = indexOn(path.path);
  const closed = closedSet(path);
  const fields: KeyColumn = {
    ...{ type: path.suggested, from: placeOf(path.path) },
    ...(value === null ? {} : { default: value }),
    ...(flag ? { not_null: true } : {}),
    ...(closed ? { check: `${identifier(name)} in (${closed.values.map(literal).join(', ')})` } : {}),
    ...(index === null ? {} : { index: true }),
  };
  return { fields, comment: reasons(path, fields, closed, index).join('; '), closed };
}

const reasons = (path: JsonPath, fields: KeyColumn, closed: DraftedColumn['closed'], index: string | null) => [
  `in ${percent(path.share)} of rows`,
  ...(path.choices === null || path.choices < 2 || closed ? [] : [`${path.choices} different values`]),
  ...(path.misfits ? [`${path.misfits} do not cast and wait in quarantine`] : []),
  ...(closed ? [`${closed.strangers} have a value that hardly occurs, and wait in quarantine`] : []),
  ...(fields.default === undefined ? [] : ['default: as in the column’s own']),
  ...(fields.not_null ? ['never null'] : []),
  ...(index === null ? [] : [`index: as ${index}`]),
];

export const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

/** `a.b`, or a list when a key holds a dot. */
export const placeOf = (path: readonly string[]): string | readonly string[] =>
  path.every((key) => key !== '' && !key.includes('.')) ? path.join('.') : path;

const takes = (type: string, value: string | number | boolean): boolean =>
  type === 'boolean'
    ? typeof value === 'boolean'
    : type === 'integer' || type === 'bigint'
      ? Number.isInteger(value)
      : type === 'numeric'
        ? typeof value === 'number'
        : type !== 'jsonb' && typeof value === 'string';

const STRANGE = 0.02;
const USUAL = 0.05;

/** A few values that nearly everybody has, and a few documents that have something else: the others are mistakes, or the first of a new value, and a person has to say which. Without any there is nothing to decide. */
function closedSet({ suggested, values, valueRows }: JsonPath): DraftedColumn['closed'] {
  if (suggested !== 'text' || !values || !valueRows) return null;
  const all = valueRows.reduce((a, b) => a + b, 0);
  const usual = values.filter((_, i) => (valueRows[i] ?? 0) >= USUAL * all);
  const strangers = valueRows.filter((rows) => rows < USUAL * all).reduce((a, b) => a + b, 0);
  const short = usual.every((value) => value.length < 100);
  return strangers > 0 && strangers <= STRANGE * all && usual.length > 1 && short ? { values: usual, strangers } : null;
}

/** As an SQL expression names it. */
export const identifier = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/u.test(name) && 'ColumnRef' in (parsedExpression(name) ?? {})
    ? name
    : `"${name.replaceAll('"', '""')}"`;

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;
