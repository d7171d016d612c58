import { quoted } from '../../names.ts';
import {
  columnOrExpression,
  columnSql,
  createIndex,
  createTable,
  listSql,
  literalSql,
  tableSql,
  words,
} from './ddl.ts';
import { Given } from './given.ts';
import { defaultSql, isUniqueIndex, railsColumn, railsType, singular } from './rails-columns.ts';
import { said, sqlStep, type Step, unread } from './steps.ts';
import { type Call, callsIn, isTrue, type Script, textOf, textsOf, type Value } from './value.ts';

/** What a migration of Rails sends on its way up. */
export const railsSteps = ({ functions }: Script): readonly Step[] =>
  (functions.get('up') ?? functions.get('change'))?.calls.flatMap(stepOf) ?? [];

/** What is called in a block, where these go up or change nothing. */
const around = new Set([
  'safety_assured',
  'reversible',
  'up',
  'up_only',
  'say_with_time',
  'transaction',
  'suppress_messages',
  'each',
  'with_lock_retries',
]);

const quiet = new Set([
  'say',
  'puts',
  'down',
  'announce',
  'reset_column_information',
  'disable_statement_timeout',
  'revert',
]);

function stepOf(call: Call): readonly Step[] {
  const { name, receiver, args, body } = call;
  if (quiet.has(name)) return [];
  if (name === 'execute' || name === 'exec_query') return sqlStep(trimmed(args[0]), call);
  if (around.has(name)) return name === 'up_only' || body.length > 0 ? body.flatMap(stepOf) : [];
  const isOurs = receiver === null || (receiver.kind === 'call' && receiver.name === 'connection');
  const make = isOurs ? operations[name] : undefined;
  if (make) return said(call, () => make(new Given(call)));
  if (isOurs && !/\?$/u.test(name)) return unread(call, `what ${name} does is not known here`);
  return [...args.flatMap(callsIn), ...body].flatMap(stepOf);
}

/** `<<~SQL.squish` */
const trimmed = (value: Value | undefined): Value | undefined =>
  value?.kind === 'call' && ['squish', 'strip', 'strip_heredoc', 'chomp'].includes(value.name)
    ? (value.receiver ?? value)
    : value;

type Make = (given: Given) => readonly string[];

const table = (given: Given, name = 'table', position = 0): string => tableSql(given.text(name, position));

const alter =
  (action: (given: Given) => string): Make =>
  (given) => [`ALTER TABLE ${table(given)} ${action(given)}`];

const column = (given: Given, position = 1): string => quoted(given.text('column', position));

const ifExists = (given: Given): string | false => given.is('if_exists') && 'IF EXISTS';
const notValid = (given: Given): string | false => given.isNot('validate') && 'NOT VALID';

const addColumn: Make = (given) => [
  words(
    `ALTER TABLE ${table(given)} ADD COLUMN`,
    given.is('if_not_exists') && 'IF NOT EXISTS',
    railsColumn(given, given.text('column', 1), given.text('type', 2)),
  ),
];

const foreignKey: Make = (given) => {
  const target = given.text('to_table', 1);
  const own = given.maybe('column') ?? `${singular(target)}_id`;
  const name = given.maybe('name');
  return [
    words(
      `ALTER TABLE ${table(given)} ADD`,
      name !== null && `CONSTRAINT ${quoted(name)}`,
      `FOREIGN KEY (${quoted(own)}) REFERENCES ${tableSql(target)} (${quoted(given.maybe('primary_key') ?? 'id')})`,
      notValid(given),
    ),
  ];
};

const check: Make = (given) => [
  words(
    `ALTER TABLE ${table(given)} ADD CONSTRAINT ${quoted(given.maybe('name') ?? `chk_rails_${given.text('table', 0)}`)} CHECK (${given.text('expression', 1)})`,
    notValid(given),
  ),
];

const index: Make = (given) => {
  const columns = given.texts('column', 1);
  return [
    createIndex({
      name:
        given.maybe('name') ??
        `index_${given.text('table', 0).replaceAll('.', '_')}_on_${columns.map((one) => one.replaceAll(/\W+/gu, '_')).join('_and_')}`,
      ...{ table: table(given), on: columns.map(columnOrExpression), unique: given.is('unique') },
      concurrently: given.maybe('algorithm') === 'concurrently',
      ...{ ifNotExists: given.is('if_not_exists'), using: given.maybe('using'), where: given.maybe('where') },
      include: textsOf(given.value('include')) ?? [],
    }),
  ];
};

const removeIndex: Make = (given) => {
  const columns = textsOf(given.value('column', 1));
  const name =
    given.maybe('name') ??
    (columns
      ? `index_${given.text('table', 0).replaceAll('.', '_')}_on_${columns.join('_and_')}`
      : given.fail('the name'));
  return [
    words('DROP INDEX', given.maybe('algorithm') === 'concurrently' && 'CONCURRENTLY', ifExists(given), quoted(name)),
  ];
};

/** `add_reference :orders, :user, foreign_key: true`: a column, an index, and a foreign key. */
const reference: Make = (given) => {
  const name = given.text('reference', 1);
  const own = `${name}_id`;
  const [key, indexed] = [given.value('foreign_key'), given.value('index')];
  const target = key?.kind === 'map' ? textOf(key.entries.get('to_table')) : null;
  const unchecked =
    key?.kind === 'map' && key.entries.get('validate')?.kind === 'plain' && !isTrue(key.entries.get('validate'));
  const indexOptions = indexed?.kind === 'map' ? indexed.entries : new Map<string, Value>();
  const type = given.maybe('type') ?? 'bigint';
  return [
    `ALTER TABLE ${table(given)} ADD COLUMN ${columnSql({ name: own, type: railsType(type, given), notNull: given.isNot('null') })}`,
    ...(given.isNot('index')
      ? []
      : [
          createIndex({
            table: table(given),
            on: [quoted(own)],
            unique: isUniqueIndex(indexed),
            concurrently: textOf(indexOptions.get('algorithm')) === 'concurrently',
          }),
        ]),
    ...(key && !given.isNot('foreign_key')
      ? [
          words(
            `ALTER TABLE ${table(given)} ADD FOREIGN KEY (${quoted(own)}) REFERENCES ${tableSql(target ?? `${name}s`)} (id)`,
            unchecked && 'NOT VALID',
          ),
        ]
      : []),
  ];
};

const removeReference: Make = (given) => [
  `ALTER TABLE ${table(given)} DROP COLUMN ${quoted(`${given.text('reference', 1)}_id`)}`,
];

const changeDefault = alter((given) => {
  const to = given.named.get('to') ?? given.call.args[2];
  if (to === undefined || (to.kind === 'plain' && to.value === null))
    return `ALTER COLUMN ${column(given)} DROP DEFAULT`;
  return `ALTER COLUMN ${column(given)} SET DEFAULT ${defaultSql(given, to)}`;
});

/** With a default, rows are filled before. */
const changeNull: Make = (given) => {
  const [, , allowed, fill] = given.call.args;
  if (allowed?.kind !== 'plain') return given.fail('null', allowed);
  const name = column(given);
  if (allowed.value === true) return [`ALTER TABLE ${table(given)} ALTER COLUMN ${name} DROP NOT NULL`];
  const filled =
    fill &&
    `UPDATE ${table(given)} SET ${name} = ${literalSql(fill) ?? given.fail('the default', fill)} WHERE ${name} IS NULL`;
  return [...(filled ? [filled] : []), `ALTER TABLE ${table(given)} ALTER COLUMN ${name} SET NOT NULL`];
};

const changeColumn: Make = (given) => {
  const start = `ALTER TABLE ${table(given)} ALTER COLUMN ${column(given)}`;
  const using = given.maybe('using');
  return [
    words(`${start} TYPE ${railsType(given.text('type', 2), given)}`, using !== null && `USING ${using}`),
    ...(given.isNot('null') ? [`${start} SET NOT NULL`] : given.is('null') ? [`${start} DROP NOT NULL`] : []),
  ];
};

const timestamps: Make = (given) => {
  const value = given.value('default');
  return ['created_at', 'updated_at'].map(
    (name) =>
      `ALTER TABLE ${table(given)} ADD COLUMN ${columnSql({ name, type: 'timestamp(6)', notNull: !given.is('null'), default: value ? defaultSql(given, value) : null })}`,
  );
};

/** `t.string :name`, `t.references :user`, `t.timestamps` and `t.index` in a table's block. */
function definitions(given: Given): { columns: readonly string[]; after: readonly string[] } {
  const [columns, after]: [string[], string[]] = [[], []];
  const owner = given.call.args[0];
  for (const call of given.call.body) {
    const name = call.name;
    const own = new Given(call, owner ? [owner, ...call.args] : call.args);
    if (name === 'timestamps')
      columns.push(
        ...['created_at', 'updated_at'].map((at) =>
          columnSql({ name: at, type: 'timestamp(6)', notNull: !own.is('null') }),
        ),
      );
    else if (name === 'index') after.push(...index(own));
    else if (name === 'foreign_key') after.push(...foreignKey(own));
    else if (name === 'check_constraint') after.push(...check(own));
    else if (name === 'references' || name === 'belongs_to')
      for (const sql of reference(own))
        (sql.includes(' ADD COLUMN ') ? columns : after).push(sql.replace(/^.* ADD COLUMN /u, ''));
    else if (name === 'column') columns.push(railsColumn(own, own.text('column', 1), own.text('type', 2)));
    else for (const arg of call.args) columns.push(railsColumn(own, textOf(arg) ?? own.fail('a column', arg), name));
  }
  return { columns, after };
}

const createTableOf: Make = (given) => {
  const { columns, after } = definitions(given);
  const id = given.value('id');
  const key =
    textOf(id) === 'uuid' ? 'uuid DEFAULT gen_random_uuid()' : textOf(id) === 'integer' ? 'serial' : 'bigserial';
  const own = given.isNot('id') ? [] : [`${quoted(given.maybe('primary_key') ?? 'id')} ${key} PRIMARY KEY`];
  const dropped = given.value('force')
    ? [`DROP TABLE IF EXISTS ${table(given)}${given.maybe('force') === 'cascade' ? ' CASCADE' : ''}`]
    : [];
  return [
    ...dropped,
    createTable(table(given), [...own, ...columns]).replace(
      'CREATE TABLE',
      given.is('if_not_exists') ? 'CREATE TABLE IF NOT EXISTS' : 'CREATE TABLE',
    ),
    ...after,
  ];
};

/** One ALTER TABLE for each line: the locks are the same. */
const changeTable: Make = (given) => {
  const { columns, after } = definitions(given);
  return [...columns.map((sql) => `ALTER TABLE ${table(given)} ADD COLUMN ${sql}`), ...after];
};

const operations: Readonly<Record<string, Make>> = {
  ...{
    create_table: createTableOf,
    change_table: changeTable,
    add_column: addColumn,
    add_index: index,
    remove_index: removeIndex,
  },
  ...{ add_foreign_key: foreignKey, add_check_constraint: check, add_reference: reference, add_belongs_to: reference },
  ...{ remove_reference: removeReference, remove_belongs_to: removeReference, add_timestamps: timestamps },
  ...{ change_column: changeColumn, change_column_default: changeDefault, change_column_null: changeNull },
  drop_table: (given) => [
    words('DROP TABLE', ifExists(given), table(given), given.maybe('force') === 'cascade' && 'CASCADE'),
  ],
  rename_table: alter((given) => `RENAME TO ${quoted(given.text('to', 1))}`),
  rename_column: alter((given) => `RENAME COLUMN ${column(given)} TO ${quoted(given.text('to', 2))}`),
  rename_index: (given) => [`ALTER INDEX ${quoted(given.text('from', 1))} RENAME TO ${quoted(given.text('to', 2))}`],
  remove_column: alter((given) => words('DROP COLUMN', ifExists(given), column(given))),
  remove_columns: (given) =>
    given.call.args
      .slice(1)
      .map((arg) => `ALTER TABLE ${table(given)} DROP COLUMN ${quoted(textOf(arg) ?? given.fail('a column', arg))}`),
  remove_timestamps: (given) =>
    ['created_at', 'updated_at'].map((at) => `ALTER TABLE ${table(given)} DROP COLUMN ${at}`),
  remove_check_constraint: alter((given) => `DROP CONSTRAINT ${quoted(given.text('name'))}`),
  remove_foreign_key: alter(
    (given) =>
      `DROP CONSTRAINT ${quoted(given.maybe('name') ?? `fk_${given.text('table', 0)}_${given.maybe('column') ?? given.text('to_table', 1)}`)}`,
  ),
  validate_foreign_key: alter(
    (given) =>
      `VALIDATE CONSTRAINT ${quoted(given.maybe('name') ?? `fk_${given.text('table', 0)}_${given.text('to_table', 1)}`)}`,
  ),
  validate_check_constraint: alter((given) => `VALIDATE CONSTRAINT ${quoted(given.text('name'))}`),
  validate_constraint: alter((given) => `VALIDATE CONSTRAINT ${quoted(given.text('name', 1))}`),
  add_unique_constraint: alter((given) =>
    words(
      'ADD',
      given.maybe('name') !== null && `CONSTRAINT ${quoted(given.text('name'))}`,
      `UNIQUE (${listSql(given.texts('columns', 1))})`,
    ),
  ),
  enable_extension: (given) => [`CREATE EXTENSION IF NOT EXISTS ${quoted(given.text('name', 0))}`],
  disable_extension: (given) => [`DROP EXTENSION IF EXISTS ${quoted(given.text('name', 0))}`],
  create_enum: (given) => [
    `CREATE TYPE ${quoted(given.text('name', 0))} AS ENUM (${given
      .texts('values', 1)
      .map((label) => `'${label.replaceAll("'", "''")}'`)
      .join(', ')})`,
  ],
};
