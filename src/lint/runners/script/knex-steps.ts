import { quoted } from '../../names.ts';
import { createTable, tableSql } from './ddl.ts';
import { Given } from './given.ts';
import { rowsChanged } from './knex-rows.ts';
import { actions, columnOf } from './knex-table.ts';
import { said, sqlStep, type Step, unread } from './steps.ts';
import { type Call, callsIn, rootOf, type Script, textOf, type Value } from './value.ts';

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

/** A call, with those that are chained to it. */
function stepOf(call: Call, knex: string, after: readonly Call[] = []): readonly Step[] {
  const { name, receiver } = call;
  const before = receiver?.kind === 'call' ? stepOf(receiver, knex, [call, ...after]) : [];
  if (![knex, 'trx', 'schema'].includes(rootOf(call) ?? '')) return [...before, ...elsewhere(call, knex)];
  if (name === 'raw') return [...before, ...raw(call)];
  return [...before, ...(isOfSchema(receiver) ? built(call) : [...inner(call, knex), ...rowsChanged(call, after)])];
}

/** What the schema builder makes of a call. */
function built(call: Call): readonly Step[] {
  const schema = schemaOf(call.receiver);
  if (call.name === 'table' || call.name === 'alterTable') return changed(call, schema);
  const make = operations[call.name];
  if (make) return said(new Given(ownPart(call)), (given) => make(given, schema));
  return quiet.has(call.name) ? [] : unread(call, `what ${call.name} does is not known here`);
}

const inner = ({ args, body }: Call, knex: string): readonly Step[] =>
  [...args.flatMap(callsIn), ...body].flatMap((one) => stepOf(one, knex));

/** A function that gets `knex` may do anything with it. */
function elsewhere(call: Call, knex: string): readonly Step[] {
  const handed = call.args.some((arg) => arg.kind === 'name' && arg.name === knex);
  return [
    ...inner(call, knex),
    ...(handed ? unread(call, `what ${call.name} does with ${knex} is not known here`) : []),
  ];
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
  const columns = given.call.body.flatMap((call) => given.partly(() => columnOf(call, true)));
  const after = given.call.body.flatMap((call) => given.partly(() => actions(call, owner, true)));
  return [createTable(owner, columns).replace('CREATE TABLE', start), ...after];
}

/** New columns come first, each with its constraints. */
function changed(call: Call, schema: string | null): readonly Step[] {
  const name = textOf(call.args[0]);
  if (name === null) return unread(call, 'the table is known only when it runs');
  const owner = tableSql(name, schema);
  return call.body.flatMap((line) =>
    said(new Given(line), () => [
      ...columnOf(line, false).map((sql) => `ALTER TABLE ${owner} ADD COLUMN ${sql}`),
      ...actions(line, owner, false),
    ]),
  );
}

/** Without the calls that it is chained to. */
const ownPart = (call: Call): Call =>
  call.receiver?.kind === 'call' ? { ...call, span: { start: call.nameAt, end: call.span.end } } : call;
