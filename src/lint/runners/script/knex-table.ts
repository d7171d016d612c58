import { quoted } from '../../names.ts';
import { columnSql, createIndex, listSql, literalSql, tableSql, words } from './ddl.ts';
import { Given } from './given.ts';
import { type Call, isFalse, isTrue, rootOf, textOf, textsOf, type Value } from './value.ts';

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

/** A column that a line adds; nothing for lines that do something else. */
export function columnOf(call: Call, isNew: boolean): readonly string[] {
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
  const type = types[call.name] ?? '';
  const [size, scale] = [given.number('length', 1), given.number('scale', 2)];
  if (call.name === 'specificType') return given.text('type', 1);
  if (call.name === 'string') return `varchar(${size ?? 255})`;
  if (call.name === 'decimal') return `decimal(${size ?? 8}, ${scale ?? 2})`;
  return type === 'timestamptz' && isWithoutZone(call) ? 'timestamp' : type;
}

/** `{ useTz: false }`, or true where it used to be said. */
const isWithoutZone = ({ args }: Call): boolean =>
  isTrue(args[1]) || args.some((arg) => arg.kind === 'map' && isFalse(arg.entries.get('useTz')));

/** A value, `knex.fn.now()` or `knex.raw('…')`. */
function defaultSql(given: Given, value: Value): string {
  if (value.kind !== 'call') return literalSql(value) ?? given.fail('the default', value);
  if (value.name === 'now') return 'CURRENT_TIMESTAMP';
  if (value.name === 'uuid') return 'gen_random_uuid()';
  if (rootOf(value) === 'JSON') return "'computed by JavaScript'";
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
export function actions(call: Call, owner: string, isNew: boolean): readonly string[] {
  const chain = chainOf(call);
  const [first] = chain;
  if (!first) return [];
  if (types[first.name] !== undefined || first.name === 'timestamps') return ofColumn(chain, owner, isNew);
  const given = new Given(first);
  const make = lines[first.name] ?? given.fail(`what ${first.name} does`);
  return make(given, owner, chain);
}

type Line = (given: Given, owner: string, chain: readonly Call[]) => readonly string[];

const alter =
  (action: (given: Given, chain: readonly Call[]) => string): Line =>
  (given, owner, chain) => [`ALTER TABLE ${owner} ${action(given, chain)}`];

const columns = (given: Given): string => listSql(given.texts('columns', 0));
const column = (given: Given, position = 0): string => quoted(given.text('column', position));
const nothing: Line = () => [];

/** Knex makes a name of the table and its columns when none is given. */
const dropConstraint = (position: number): Line =>
  alter((given) => `DROP CONSTRAINT ${quoted(given.maybe('name', position) ?? 'constraint_named_by_knex')}`);

const dropColumns: Line = (given, owner) =>
  given.call.args.flatMap((arg) =>
    (textsOf(arg) ?? given.fail('a column', arg)).map((one) => `ALTER TABLE ${owner} DROP COLUMN ${quoted(one)}`),
  );

const lines: Readonly<Record<string, Line>> = {
  ...{ dropColumn: dropColumns, dropColumns },
  dropTimestamps: (_, owner) => ['created_at', 'updated_at'].map((one) => `ALTER TABLE ${owner} DROP COLUMN ${one}`),
  renameColumn: alter((given) => `RENAME COLUMN ${column(given)} TO ${column(given, 1)}`),
  setNullable: alter((given) => `ALTER COLUMN ${column(given)} DROP NOT NULL`),
  dropNullable: alter((given) => `ALTER COLUMN ${column(given)} SET NOT NULL`),
  index: (given, owner) => [
    createIndex({ name: given.maybe('name', 1), table: owner, on: given.texts('columns', 0).map(quoted) }),
  ],
  unique: alter((given) => `ADD UNIQUE (${columns(given)})`),
  primary: alter((given) => `ADD PRIMARY KEY (${columns(given)})`),
  foreign: alter((given, chain) => `ADD FOREIGN KEY (${columns(given)}) REFERENCES ${referenced(chain, given)}`),
  check: alter((given) => `ADD CHECK (${given.text('check', 0).replaceAll(/\?\??/gu, 'bound')})`),
  ...{ dropForeign: dropConstraint(1), dropUnique: dropConstraint(1), dropChecks: dropConstraint(1) },
  dropPrimary: dropConstraint(0),
  dropIndex: (given) => [`DROP INDEX ${quoted(given.maybe('name', 1) ?? 'index_named_by_knex')}`],
  ...{ comment: nothing, engine: nothing, charset: nothing, collate: nothing },
};

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

function ofColumn(chain: readonly Call[], owner: string, isNew: boolean): readonly string[] {
  const [first] = chain;
  const name = textOf(first?.args[0]);
  if (!first || name === null) return [];
  const has = (called: string) => chain.find((one) => one.name === called);
  const given = new Given(first);
  const alterTable = `ALTER TABLE ${owner}`;
  const altered = `${alterTable} ALTER COLUMN ${quoted(name)}`;
  const nullable = has('notNullable') ? ['SET NOT NULL'] : ['DROP NOT NULL'];
  const index = has('index');
  return [
    ...(has('alter') && !isNew
      ? [`${altered} TYPE ${typeOf(first, given)}`, ...nullable.map((action) => `${altered} ${action}`)]
      : []),
    ...(has('references')
      ? [`${alterTable} ADD FOREIGN KEY (${quoted(name)}) REFERENCES ${referenced(chain, given)}`]
      : []),
    ...(index ? [createIndex({ name: textOf(index.args[0]), table: owner, on: [quoted(name)] })] : []),
  ];
}
