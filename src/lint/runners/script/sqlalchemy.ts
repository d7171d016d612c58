import type { Given } from './given.ts';
import { isTrue, textOf, type Value } from './value.ts';

/** `text("…")`, `dedent("…")`: what they say. */
export function unwrapped(value: Value | undefined): Value | undefined {
  if (value?.kind !== 'call' || !['text', 'dedent', 'DDL'].includes(value.name)) return value;
  return unwrapped(value.args[0]);
}

/** SQL that is given as a text or as `text("…")`. */
export function sqlText(given: Given, name: string, position = -1): string {
  const value = given.value(name, position);
  return textOf(unwrapped(value)) ?? given.fail(name, value);
}

const types: Readonly<Record<string, string>> = {
  ...{ Integer: 'integer', INTEGER: 'integer', BigInteger: 'bigint', BIGINT: 'bigint', SmallInteger: 'smallint' },
  ...{ SMALLINT: 'smallint', Text: 'text', TEXT: 'text', UnicodeText: 'text', Boolean: 'boolean', BOOLEAN: 'boolean' },
  ...{ Date: 'date', DATE: 'date', Float: 'double precision', FLOAT: 'double precision', REAL: 'real' },
  ...{ Double: 'double precision', DOUBLE_PRECISION: 'double precision', JSON: 'json', JSONB: 'jsonb' },
  ...{ UUID: 'uuid', Uuid: 'uuid', LargeBinary: 'bytea', BYTEA: 'bytea', INET: 'inet', CIDR: 'cidr', HSTORE: 'hstore' },
  ...{ TSVECTOR: 'tsvector', Interval: 'interval', INTERVAL: 'interval', MONEY: 'money', CITEXT: 'citext' },
};

const times: Readonly<Record<string, string>> = {
  ...{ DateTime: 'timestamp', TIMESTAMP: 'timestamp', DATETIME: 'timestamp', Time: 'time', TIME: 'time' },
};

const sized: Readonly<Record<string, string>> = {
  ...{
    String: 'varchar',
    VARCHAR: 'varchar',
    Unicode: 'varchar',
    CHAR: 'char',
    Numeric: 'numeric',
    NUMERIC: 'numeric',
    DECIMAL: 'numeric',
  },
};

/** The type that a class of SQLAlchemy stands for; one it does not know by the name of its class. */
export function sqlAlchemyType(value: Value | undefined): string {
  if (value?.kind === 'name') return typeSql(value.name.split('.').at(-1) ?? '', [], new Map());
  return value?.kind === 'call' ? typeSql(value.name, value.args, value.options) : 'text';
}

function typeSql(name: string, args: readonly Value[], options: ReadonlyMap<string, Value>): string {
  if (name === 'ARRAY') return `${sqlAlchemyType(args[0])}[]`;
  if (name === 'Enum' || name === 'ENUM') return textOf(options.get('name')) ?? 'varchar';
  const numbers = [...args, ...['length', 'precision', 'scale'].flatMap((key) => options.get(key) ?? [])].flatMap(
    (arg) => (arg.kind === 'plain' && typeof arg.value === 'number' ? [arg.value] : []),
  );
  if (sized[name] !== undefined) return numbers.length === 0 ? sized[name] : `${sized[name]}(${numbers.join(', ')})`;
  if (times[name] !== undefined) return isTrue(options.get('timezone')) ? `${times[name]}tz` : times[name];
  return types[name] ?? `"${name.toLowerCase()}"`;
}
