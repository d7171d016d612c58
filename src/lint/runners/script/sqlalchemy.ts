import type { Given } from './given.ts';
import { type Call, isFalse, isTrue, rootOf, textOf, type Value } from './value.ts';

const wrappers = ['text', 'literal_column', 'dedent', 'DDL', 'f', 'conv'];

/** `text("…")`, `dedent("…")`, `op.f("…")`: what they say. */
export function unwrapped(value: Value | undefined): Value | undefined {
  return value?.kind === 'call' && wrappers.includes(value.name) ? unwrapped(value.args[0]) : value;
}

/** `:name` in a text is a parameter; every other character keeps its place. */
export const withoutBinds = (value: Value | undefined): Value | undefined =>
  value?.kind === 'text'
    ? { ...value, text: value.text.replaceAll(/(?<![:\w\\]):[a-z_]\w*(?!:)/giu, (name) => '$1'.padEnd(name.length)) }
    : value;

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

/** Where its classes are found: one of another module may be anything. */
const modules = new Set([
  'sa',
  'sqlalchemy',
  'postgresql',
  'pg',
  'psql',
  'types',
  'sqltypes',
  'dialects',
  'sqla',
  'db',
]);

/** The type that a class of SQLAlchemy stands for; one it does not know by the name of its class. */
export function sqlAlchemyType(value: Value | undefined): string {
  if (value?.kind === 'name') {
    const [name = '', ...path] = value.name.split('.').reverse();
    return isForeign(path.at(-1)) ? unknownType(value.name) : typeSql(name, [], new Map());
  }
  return value?.kind === 'call' ? calledType(value) : 'text';
}

const isForeign = (root: string | null | undefined): boolean =>
  root !== null && root !== undefined && !modules.has(root);

const unknownType = (name: string): string => `"${name.toLowerCase()}"`;

function calledType({ name, args, options, receiver }: Call): string {
  if (name === 'with_variant' && receiver)
    return sqlAlchemyType(args.slice(1).some((arg) => textOf(arg) === 'postgresql') ? args[0] : receiver);
  const root = rootOf(receiver);
  return isForeign(root) ? unknownType(`${root ?? ''}.${name}`) : typeSql(name, args, options);
}

function typeSql(name: string, args: readonly Value[], options: ReadonlyMap<string, Value>): string {
  if (name === 'ARRAY') return `${sqlAlchemyType(args[0])}[]`;
  if (name === 'Enum' || name === 'ENUM')
    return isFalse(options.get('native_enum')) ? 'varchar' : (textOf(options.get('name')) ?? 'varchar');
  const numbers = [...args, ...['length', 'precision', 'scale'].flatMap((key) => options.get(key) ?? [])].flatMap(
    (arg) => (arg.kind === 'plain' && typeof arg.value === 'number' ? [arg.value] : []),
  );
  if (sized[name] !== undefined) return numbers.length === 0 ? sized[name] : `${sized[name]}(${numbers.join(', ')})`;
  if (times[name] !== undefined) return isTrue(options.get('timezone')) ? `${times[name]}tz` : times[name];
  return types[name] ?? unknownType(name);
}
