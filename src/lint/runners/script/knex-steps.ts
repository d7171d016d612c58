import { quoted } from '../../names.ts';
import { columnSql, createIndex, createTable, listSql, literalSql, tableSql, words } from './ddl.ts';
import { Given } from './given.ts';
import { said, sqlStep, type Step, unread } from './steps.ts';
import { type Call, callsIn, rootOf, type Script, textOf, textsOf, type Value } from './value.ts';

/** What `up(knex)` sends. */
export function knexSteps({ functions }: Script): readonly Step[] {
  const up = functions.get('up');
  const receiver = up?.parameters[0] ?? 'knex';
  return up?.calls.flatMap((call) => stepOf(call, receiver)) ?? [];
}

/** They ask, or write rows in ways that the linter has nothing to say of. */
const quiet = new Set([
  'hasTable',
  'hasColumn',
  'then',
  'catch',
  'log',
  'withSchema',
  'schema',
  'transaction',
  'connection',
  'acquireConnection',
  'releaseConnection',
  'all',
]);

function stepOf(call: Call, knex: string): readonly Step[] {
  const { name, receiver, args, body } = call;
  const before = receiver?.kind === 'call' ? stepOf(receiver, knex) : [];
  const inner = () => [
    ...args.flatMap(callsIn).flatMap((one) => stepOf(one, knex)),
    ...body.flatMap((one) => stepOf(one, knex)),
  ];
  if (rootOf(call) !== knex && rootOf(receiver) !== knex && rootOf(receiver) !== 'trx' && rootOf(receiver) !== 'schema')
    return [
      ...inner(),
      ...(args.some((arg) => arg.kind === 'name' && arg.name === knex)
        ? unread(call, `what ${name} does with ${knex} is not known here`)
        : []),
    ];
  if (name === 'raw') return [...before, ...raw(call)];
  const make = operations[name];
  if (isOfSchema(receiver) && (name === 'table' || name === 'alterTable'))
    return [...before, ...changed(call, schemaOf(receiver))];
  if (make && isOfSchema(receiver))
    return [...before, ...said(ownPart(call), () => make(new Given(call), schemaOf(receiver)))];
  if (isOfSchema(receiver) && !quiet.has(name))
    return [...before, ...unread(call, `what ${name} does is not known here`)];
  return [...before, ...inner(), ...rows(call)];
}

/** `knex.schema`, and what is called on it. */
function isOfSchema(value: Value | null): boolean {
  if (value?.kind === 'name') return value.name.split('.').includes('schema');
  return (
    value?.kind === 'call' &&
    (operations[value.name] !== undefined || ['withSchema', 'schema', 'table', 'alterTable'].includes(value.name)) &&
    isOfSchema(value.receiver)
  );
}

function schemaOf(value: Value | null): string | null {
  if (value?.kind !== 'call') return null;
  return value.name === 'withSchema' ? textOf(value.args[0]) : schemaOf(value.receiver);
}

/** With bindings its question marks are places of values, which NULL takes as well. */
function raw(call: Call): readonly Step[] {
  const [sql, bindings] = call.args;
  if (sql?.kind !== 'text' || bindings === undefined) return sqlStep(sql, call);
  if (/\?\?|:\w+:/u.test(sql.text)) return unread(call, 'names that are bound are known only when it runs');
  const text = sql.text.replaceAll(/\\\?|\?/gu, (mark) => (mark === '?' ? 'NULL' : '?'));
  return [{ sql: text, span: sql.span }];
}

/** `knex('users').update(…)` without a condition writes every row. */
function rows({ name, receiver, span }: Call): readonly Step[] {
  if (!['update', 'del', 'delete', 'truncate'].includes(name) || receiver?.kind !== 'call') return [];
  const table = textOf(receiver.args[0]);
  if (receiver.receiver !== null || table === null) return []; // it has conditions
  if (name === 'truncate') return [{ sql: `TRUNCATE ${tableSql(table)}`, span }];
  return [
    { sql: name === 'update' ? `UPDATE ${tableSql(table)} SET value = NULL` : `DELETE FROM ${tableSql(table)}`, span },
  ];
}

type Make = (given: Given, schema: string | null) => readonly string[];

const table = (given: Given, schema: string | null): string => tableSql(given.text('table', 0), schema);

const operations: Readonly<Record<string, Make>> = {
  createTable: (given, schema) => created(given, schema, 'CREATE TABLE'),
  createTableIfNotExists: (given, schema) => created(given, schema, 'CREATE TABLE IF NOT EXISTS'),
  dropTable: (given, schema) => [`DROP TABLE ${table(given, schema)}`],
  dropTableIfExists: (given, schema) => [`DROP TABLE IF EXISTS ${table(given, schema)}`],
  renameTable: (given, schema) => [`ALTER TABLE ${table(given, schema)} RENAME TO ${quoted(given.text('to', 1))}`],
  dropView: (given, schema) => [`DROP VIEW ${table(given, schema)}`],
  createSchema: (given) => [`CREATE SCHEMA ${quoted(given.text('schema', 0))}`],
  dropSchema: (given) => [`DROP SCHEMA ${quoted(given.text('schema', 0))}`],
};

function created(given: Given, schema: string | null, start: string): readonly string[] {
  const owner = table(given, schema);
  const columns = given.call.body.flatMap((call) => columnOf(call, true));
  const after = given.call.body.flatMap((call) => actions(call, owner, true));
  return [createTable(owner, columns).replace('CREATE TABLE', start), ...after];
}

/** New columns come first, each with its constraints. */
function changed(call: Call, schema: string | null): readonly Step[] {
  const name = textOf(call.args[0]);
  if (name === null) return unread(call, 'the table is known only when it runs');
  const owner = tableSql(name, schema);
  return call.body.flatMap((line) =>
    said(line, () => [
      ...columnOf(line, false).map((sql) => `ALTER TABLE ${owner} ADD COLUMN ${sql}`),
      ...actions(line, owner, false),
    ]),
  );
}

/** Without the calls that it is chained to. */
const ownPart = (call: Call): Call =>
  call.receiver?.kind === 'call' ? { ...call, span: { start: call.nameAt, end: call.span.end } } : call;

const types: Readonly<Record<string, string>> = {
  ...{
    increments: 'serial',
    bigIncrements: 'bigserial',
    integer: 'integer',
    int: 'integer',
    bigInteger: 'bigint',
    bigint: 'bigint',
  },
  ...{
    tinyint: 'smallint',
    smallint: 'smallint',
    mediumint: 'integer',
    text: 'text',
    string: 'varchar',
    float: 'real',
    double: 'double precision',
  },
  ...{
    decimal: 'decimal',
    boolean: 'boolean',
    date: 'date',
    dateTime: 'timestamptz',
    datetime: 'timestamptz',
    timestamp: 'timestamptz',
    time: 'time',
  },
  ...{ binary: 'bytea', json: 'json', jsonb: 'jsonb', uuid: 'uuid', enum: 'text', enu: 'text', specificType: '' },
};

/** `t.string('name').notNullable()` as the calls of its chain, the first one first. */
const chainOf = (call: Call): readonly Call[] =>
  call.receiver?.kind === 'call' ? [...chainOf(call.receiver), call] : [call];

function columnOf(call: Call, isNew: boolean): readonly string[] {
  const chain = chainOf(call);
  const [first] = chain;
  if (!first) return [];
  if (first.name === 'timestamps') return timestamps(first);
  if (types[first.name] === undefined || chain.some(({ name }) => name === 'alter')) return [];
  const given = new Given(first);
  const has = (name: string) => chain.find((one) => one.name === name);
  const name = given.maybe('name', 0) ?? (/ncrements$/u.test(first.name) ? 'id' : given.fail('the name'));
  const fallback = has('defaultTo')?.args[0];
  return [
    columnSql({
      ...{
        name,
        type: typeOf(first, given),
        notNull: has('notNullable') !== undefined || has('notNull') !== undefined,
      },
      default: fallback ? defaultSql(given, fallback) : null,
      primary: has('primary') !== undefined || (/ncrements$/u.test(first.name) && isNew),
      unique: has('unique') !== undefined,
    }),
  ];
}

function typeOf(call: Call, given: Given): string {
  if (call.name === 'specificType') return given.text('type', 1);
  const [size, scale] = [given.number('length', 1), given.number('scale', 2)];
  if (call.name === 'string') return `varchar(${size ?? 255})`;
  if (call.name === 'decimal') return `decimal(${size ?? 8}, ${scale ?? 2})`;
  const zone = call.args.find(({ kind }) => kind === 'map');
  const bare = zone?.kind === 'map' && zone.entries.get('useTz');
  const isBare =
    (typeof bare === 'object' && bare.kind === 'plain' && bare.value === false) ||
    (call.args[1]?.kind === 'plain' && call.args[1].value === true);
  return isBare && types[call.name] === 'timestamptz' ? 'timestamp' : (types[call.name] ?? '');
}

/** A value, `knex.fn.now()` or `knex.raw('…')`. */
function defaultSql(given: Given, value: Value): string {
  if (value.kind !== 'call') return literalSql(value) ?? given.fail('the default', value);
  if (value.name === 'now') return 'CURRENT_TIMESTAMP';
  if (value.name === 'uuid') return 'gen_random_uuid()';
  return textOf(value.args[0]) ?? given.fail('the default', value);
}

function timestamps({ args }: Call): readonly string[] {
  const isOn = (value: Value | undefined) => value?.kind === 'plain' && value.value === true;
  return ['created_at', 'updated_at'].map((name) =>
    columnSql({
      name,
      type: 'timestamptz',
      notNull: isOn(args[1]),
      default: isOn(args[1]) ? 'CURRENT_TIMESTAMP' : null,
    }),
  );
}

/** What of a line in a table's callback is no new column. */
function actions(call: Call, owner: string, isNew: boolean): readonly string[] {
  const chain = chainOf(call);
  const [first] = chain;
  const given = first && new Given(first);
  if (!given) return [];
  const { name } = first;
  const alter = `ALTER TABLE ${owner}`;
  if (types[name] !== undefined || name === 'timestamps') return ofColumn(chain, alter, owner, isNew);
  const columns = () => textsOf(given.value('columns', 0)) ?? given.fail('the columns');
  const columnNamed = (position: number) => quoted(given.text('column', position));
  switch (name) {
    case 'dropColumn':
    case 'dropColumns':
      return first.args.flatMap((arg) =>
        (textsOf(arg) ?? given.fail('a column', arg)).map((one) => `${alter} DROP COLUMN ${quoted(one)}`),
      );
    case 'dropTimestamps':
      return ['created_at', 'updated_at'].map((one) => `${alter} DROP COLUMN ${one}`);
    case 'renameColumn':
      return [`${alter} RENAME COLUMN ${columnNamed(0)} TO ${columnNamed(1)}`];
    case 'setNullable':
      return [`${alter} ALTER COLUMN ${columnNamed(0)} DROP NOT NULL`];
    case 'dropNullable':
      return [`${alter} ALTER COLUMN ${columnNamed(0)} SET NOT NULL`];
    case 'index':
      return [createIndex({ name: given.maybe('name', 1), table: owner, on: columns().map(quoted) })];
    case 'unique':
      return [`${alter} ADD UNIQUE (${listSql(columns())})`];
    case 'primary':
      return [`${alter} ADD PRIMARY KEY (${listSql(columns())})`];
    case 'foreign':
      return [`${alter} ADD FOREIGN KEY (${listSql(columns())}) REFERENCES ${referenced(chain, given)}`];
    case 'check':
      return [`${alter} ADD CHECK (${given.text('check', 0)})`];
    case 'dropForeign':
    case 'dropUnique':
    case 'dropPrimary':
    case 'dropChecks':
      return [
        `${alter} DROP CONSTRAINT ${quoted(given.maybe('name', name === 'dropPrimary' ? 0 : 1) ?? 'constraint_named_by_knex')}`,
      ];
    case 'dropIndex':
      return [`DROP INDEX ${quoted(given.maybe('name', 1) ?? 'index_named_by_knex')}`];
    case 'comment':
    case 'engine':
    case 'charset':
    case 'collate':
      return [];
    default:
      return given.fail(`what ${name} does`);
  }
}

/** `.references('id').inTable('users')`, or `.references('users.id')` */
function referenced(chain: readonly Call[], given: Given): string {
  const at = (name: string) => textOf(chain.find((call) => call.name === name)?.args[0]);
  const [column, other] = [at('references'), at('inTable')];
  if (column === null) return given.fail('what it references');
  const parts = column.split('.');
  const owner = other ?? parts.slice(0, -1).join('.');
  return words(
    tableSql(owner === '' ? given.fail('the table it references') : owner),
    `(${quoted(parts.at(-1) ?? 'id')})`,
  );
}

function ofColumn(chain: readonly Call[], alter: string, owner: string, isNew: boolean): readonly string[] {
  const [first] = chain;
  const name = textOf(first?.args[0]);
  if (!first || name === null) return [];
  const has = (called: string) => chain.find((one) => one.name === called);
  const given = new Given(first);
  const altered = `${alter} ALTER COLUMN ${quoted(name)}`;
  const nullable = has('notNullable') ? ['SET NOT NULL'] : ['DROP NOT NULL'];
  const index = has('index');
  return [
    ...(has('alter') && !isNew
      ? [`${altered} TYPE ${typeOf(first, given)}`, ...nullable.map((action) => `${altered} ${action}`)]
      : []),
    ...(has('references') ? [`${alter} ADD FOREIGN KEY (${quoted(name)}) REFERENCES ${referenced(chain, given)}`] : []),
    ...(index ? [createIndex({ name: textOf(index.args[0]), table: owner, on: [quoted(name)] })] : []),
  ];
}
