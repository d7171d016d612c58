import { createHash } from 'node:crypto';
import { quoted } from '../../names.ts';
import { columnOrExpression, type ColumnSpec, columnSql, createIndex, createTable, tableSql, words } from './ddl.ts';
import { Given } from './given.ts';
import { defaultSql, railsColumn, railsType, singular } from './rails-columns.ts';
import { type Call, isFalse, isTrue, type Text, textOf, textsOf, type Value } from './value.ts';

export type Make = (given: Given) => readonly string[];

export const table = (given: Given, name = 'table', position = 0): string => tableSql(given.text(name, position));

export const alter =
  (action: (given: Given) => string): Make =>
  (given) => [`ALTER TABLE ${table(given)} ${action(given)}`];

/** Rails names what nobody names by a hash of what it is. */
const hashed = (prefix: string, identifier: string): string =>
  `${prefix}_rails_${createHash('sha256').update(identifier).digest('hex').slice(0, 10)}`;

/** The column of a foreign key, by its table when it is not given. */
const foreignColumn = (given: Given): string => given.maybe('column') ?? `${singular(given.text('to_table', 1))}_id`;

export const foreignKeyName = (given: Given): string =>
  given.maybe('name') ?? hashed('fk', `${given.text('table', 0)}_${foreignColumn(given)}_fk`);

export const checkName = (given: Given): string =>
  given.maybe('name') ?? hashed('chk', `${given.text('table', 0)}_${given.text('expression', 1)}_chk`);

const notValid = (given: Given): string | false => given.isNot('validate') && 'NOT VALID';

export const foreignKey: Make = (given) => {
  return [
    words(
      `ALTER TABLE ${table(given)} ADD CONSTRAINT ${quoted(foreignKeyName(given))}`,
      `FOREIGN KEY (${quoted(foreignColumn(given))})`,
      `REFERENCES ${tableSql(given.text('to_table', 1))} (${quoted(given.maybe('primary_key') ?? 'id')})`,
      notValid(given),
    ),
  ];
};

export const check: Make = (given) => [
  words(
    `ALTER TABLE ${table(given)} ADD CONSTRAINT ${quoted(checkName(given))} CHECK (${given.text('expression', 1)})`,
    notValid(given),
  ),
];

export const index: Make = (given) => {
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

/** `add_reference :orders, :user, foreign_key: true`: a column, an index, and a foreign key. */
export const reference: Make = (given) => {
  const own = `${given.text('reference', 1)}_id`;
  const type = railsType(given.maybe('type') ?? 'bigint', given);
  const column = columnSql({ name: own, type, notNull: given.isNot('null') });
  const options = optionsIn(given.value('index'));
  const concurrently = textOf(options.get('algorithm')) === 'concurrently';
  const index = { table: table(given), on: [quoted(own)], unique: isTrue(options.get('unique')), concurrently };
  return [
    `ALTER TABLE ${table(given)} ADD COLUMN ${column}`,
    ...(given.isNot('index') ? [] : [createIndex(index)]),
    ...(given.value('foreign_key') && !given.isNot('foreign_key') ? [referenceKey(given, own)] : []),
  ];
};

function referenceKey(given: Given, own: string): string {
  const options = optionsIn(given.value('foreign_key'));
  const target = textOf(options.get('to_table')) ?? `${given.text('reference', 1)}s`;
  return words(
    `ALTER TABLE ${table(given)} ADD CONSTRAINT ${quoted(hashed('fk', `${given.text('table', 0)}_${own}_fk`))}`,
    `FOREIGN KEY (${quoted(own)}) REFERENCES ${tableSql(target)} (id)`,
    isFalse(options.get('validate')) && 'NOT VALID',
  );
}

const optionsIn = (value: Value | undefined): ReadonlyMap<string, Value> =>
  value?.kind === 'map' ? value.entries : new Map<string, Value>();

interface Defined {
  readonly columns: readonly string[];
  /** Statements that follow. */
  readonly after: readonly string[];
}

/** A line in a table's block: `t.string :name`, `t.references :user`, `t.timestamps`, `t.index`. */
function defined(own: Given): Defined {
  const { name, args } = own.call;
  if (name === 'timestamps') return { columns: timestampColumns(own).map(columnSql), after: [] };
  if (name === 'index') return { columns: [], after: index(own) };
  if (name === 'foreign_key') return { columns: [], after: foreignKey(own) };
  if (name === 'check_constraint') return { columns: [], after: check(own) };
  if (name === 'references' || name === 'belongs_to') {
    const [column = '', ...after] = reference(own);
    return { columns: [column.replace(/^.* ADD COLUMN /u, '')], after };
  }
  if (name === 'column') return { columns: [railsColumn(own, own.text('column', 1), own.text('type', 2))], after: [] };
  return {
    columns: args.slice(1).map((arg) => railsColumn(own, textOf(arg) ?? own.fail('a column', arg), name)),
    after: [],
  };
}

export const timestampColumns = (given: Given): readonly ColumnSpec[] => {
  const value = given.value('default');
  return ['created_at', 'updated_at'].map((name) => ({
    ...{ name, type: 'timestamp(6)', notNull: !given.is('null') },
    default: value ? defaultSql(given, value) : null,
  }));
};

const definedIn = (given: Given): readonly Defined[] =>
  given.call.body.flatMap((line) => given.partly(() => [defined(givenInTable(given, line))]));

/** What a line in a block is given, the table before all else. */
export const givenInTable = ({ call: { args } }: Given, line: Call): Given =>
  new Given({ ...line, args: [...args.slice(0, 1), ...line.args] });

export const createTableOf: Make = (given) => {
  const lines = definedIn(given);
  const id = given.value('id');
  const key =
    textOf(id) === 'uuid' ? 'uuid DEFAULT gen_random_uuid()' : textOf(id) === 'integer' ? 'serial' : 'bigserial';
  const own = given.isNot('id') ? [] : [`${quoted(given.maybe('primary_key') ?? 'id')} ${key} PRIMARY KEY`];
  const dropped = given.value('force')
    ? [`DROP TABLE IF EXISTS ${table(given)}${given.maybe('force') === 'cascade' ? ' CASCADE' : ''}`]
    : [];
  return [
    ...dropped,
    createTable(table(given), [...own, ...lines.flatMap(({ columns }) => columns)]).replace(
      'CREATE TABLE',
      given.is('if_not_exists') ? 'CREATE TABLE IF NOT EXISTS' : 'CREATE TABLE',
    ),
    ...lines.flatMap(({ after }) => after),
  ];
};

/** `create_join_table :orders, :tags`: `orders_tags`, which has a column for each. */
export const createJoinTable: Make = (given) => {
  const lines = given.call.body.flatMap((line) =>
    given.partly(() => [defined(new Given({ ...line, args: [joinTableText(given), ...line.args] }))]),
  );
  const [options, type] = [optionsIn(given.value('column_options')), given.maybe('type') ?? 'bigint'];
  const own = [0, 1].map((position) =>
    columnSql({
      name: `${singular(given.text('table', position))}_id`,
      ...{ type: textOf(options.get('type')) ?? type, notNull: !isTrue(options.get('null')) },
    }),
  );
  return [
    createTable(joinTable(given), [...own, ...lines.flatMap(({ columns }) => columns)]),
    ...lines.flatMap(({ after }) => after),
  ];
};

/** The name of the table between two, in the order of the alphabet. */
const joinTableText = (given: Given): Text => {
  const names = [given.text('table', 0), given.text('table', 1)].sort();
  const text = given.maybe('table_name') ?? names.join('_');
  return { kind: 'text', text, at: [], span: given.call.span };
};

export const joinTable = (given: Given): string => tableSql(joinTableText(given).text);

/** A line of change_table that adds: an ALTER TABLE of its own, since the locks are the same. */
export const addLine = (given: Given, line: Call): readonly string[] => {
  const { columns, after } = defined(givenInTable(given, line));
  return [...columns.map((sql) => `ALTER TABLE ${table(given)} ADD COLUMN ${sql}`), ...after];
};
