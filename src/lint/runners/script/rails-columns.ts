import { columnSql, literalSql } from './ddl.ts';
import type { Given } from './given.ts';
import { textOf, type Value } from './value.ts';

const types: Readonly<Record<string, string>> = {
  ...{ string: 'varchar', text: 'text', integer: 'integer', bigint: 'bigint', float: 'double precision' },
  ...{ decimal: 'numeric', numeric: 'numeric', datetime: 'timestamp(6)', timestamp: 'timestamp(6)', time: 'time' },
  ...{ timestamptz: 'timestamptz', date: 'date', binary: 'bytea', boolean: 'boolean', json: 'json', jsonb: 'jsonb' },
  ...{ primary_key: 'bigserial', virtual: 'text' },
};

/** The type that Rails makes of a name and its options; an unknown one is the type's own name. */
export const railsType = (name: string, given: Given): string =>
  `${baseType(name, given)}${given.is('array') ? '[]' : ''}`;

function baseType(name: string, given: Given): string {
  const [limit, precision] = [given.number('limit'), given.number('precision')];
  if (name === 'integer' && limit !== null) return limit > 4 ? 'bigint' : limit < 3 ? 'smallint' : 'integer';
  if (name === 'string' && limit !== null) return `varchar(${limit})`;
  if (types[name] === 'numeric' && precision !== null) return `numeric(${precision}, ${given.number('scale') ?? 0})`;
  return name === 'enum' ? (given.maybe('enum_type') ?? 'text') : (types[name] ?? name);
}

export function railsColumn(given: Given, name: string, type: string): string {
  const value = given.value('default');
  const sql = type === 'virtual' ? given.maybe('as') : null;
  if (sql !== null)
    return `${columnSql({ name, type: railsType(given.maybe('type') ?? 'text', given) })} GENERATED ALWAYS AS (${sql}) STORED`;
  return columnSql({
    ...{ name, type: railsType(type, given), notNull: given.isNot('null') },
    default: value ? defaultSql(given, value) : null,
    primary: type === 'primary_key' || given.is('primary_key'),
  });
}

/** A value, or SQL: `-> { "now()" }`. A constant of Ruby is sent as a value. */
export const defaultSql = (given: Given, value: Value): string =>
  (value.kind === 'name'
    ? "'a constant of Ruby'"
    : value.kind === 'call' && value.name === 'sql'
      ? textOf(value.args[0])
      : literalSql(value)) ?? given.fail('the default', value);

/** `people` and other irregular ones come out as they are: the name of the column is said then. */
export const singular = (table: string): string =>
  table
    .replace(/^.*\./u, '')
    .replace(/ies$/u, 'y')
    .replace(/(ss|sh|ch|x)es$/u, '$1')
    .replace(/([^s])s$/u, '$1');
