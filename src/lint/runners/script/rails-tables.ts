import { quoted } from '../../names.ts';
import { columnOrExpression, columnSql, createIndex, createTable, tableSql, words } from './ddl.ts';
import { Given } from './given.ts';
import { railsColumn, railsType, singular } from './rails-columns.ts';
import { isFalse, isTrue, textOf, textsOf, type Value } from './value.ts';

export type Make = (given: Given) => readonly string[];

export const table = (given: Given, name = 'table', position = 0): string => tableSql(given.text(name, position));

export const alter =
  (action: (given: Given) => string): Make =>
  (given) => [`ALTER TABLE ${table(given)} ${action(given)}`];

const notValid = (given: Given): string | false => given.isNot('validate') && 'NOT VALID';

export const foreignKey: Make = (given) => {
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

export const check: Make = (given) => [
  words(
    `ALTER TABLE ${table(given)} ADD CONSTRAINT ${quoted(given.maybe('name') ?? `chk_rails_${given.text('table', 0)}`)} CHECK (${given.text('expression', 1)})`,
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
  const own = quoted(`${given.text('reference', 1)}_id`);
  const type = railsType(given.maybe('type') ?? 'bigint', given);
  const column = columnSql({ name: `${given.text('reference', 1)}_id`, type, notNull: given.isNot('null') });
  const options = optionsIn(given.value('index'));
  const concurrently = textOf(options.get('algorithm')) === 'concurrently';
  const index = { table: table(given), on: [own], unique: isTrue(options.get('unique')), concurrently };
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
    `ALTER TABLE ${table(given)} ADD FOREIGN KEY (${own}) REFERENCES ${tableSql(target)} (id)`,
    isFalse(options.get('validate')) && 'NOT VALID',
  );
}

const optionsIn = (value: Value | undefined): ReadonlyMap<string, Value> =>
  value?.kind === 'map' ? value.entries : new Map<string, Value>();

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

export const createTableOf: Make = (given) => {
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
export const changeTable: Make = (given) => {
  const { columns, after } = definitions(given);
  return [...columns.map((sql) => `ALTER TABLE ${table(given)} ADD COLUMN ${sql}`), ...after];
};
