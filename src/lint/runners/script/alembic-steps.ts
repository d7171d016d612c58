import { quoted } from '../../names.ts';
import { type ColumnSpec, columnSql, createIndex, createTable, listSql, literalSql, tableSql, words } from './ddl.ts';
import { Given } from './given.ts';
import { said, sqlStep, stated, type Step, unread } from './steps.ts';
import { sqlAlchemyType, sqlText, unwrapped, withoutBinds } from './sqlalchemy.ts';
import { type Call, callsIn, isTrue, rootOf, type Script, textOf, type Value } from './value.ts';

/** What `upgrade()` of an Alembic script sends. */
export const alembicSteps = ({ functions }: Script): readonly Step[] =>
  stepsOf(functions.get('upgrade')?.calls ?? [], { receiver: 'op', table: null });

/** What operations are called on: `op`, or the name that a batch gives to a table. */
interface Place {
  readonly receiver: string;
  readonly table: Value | null;
}

const stepsOf = (calls: readonly Call[], place: Place): readonly Step[] => calls.flatMap((call) => stepOf(call, place));

function stepOf(call: Call, place: Place): readonly Step[] {
  const { name, body, parameter, args, options, receiver } = call;
  if (rootOf(receiver) !== place.receiver) return elsewhere(call, place);
  if (name === 'autocommit_block')
    return stepsOf(body, place).map((step) => ('sql' in step ? { ...step, outside: true } : step));
  if (name === 'batch_alter_table') return stepsOf(body, { receiver: parameter ?? '', table: args[0] ?? null });
  if (quiet.has(name)) return [];
  if (executing.has(name)) return sqlStep(withoutBinds(unwrapped(args[0] ?? options.get('sqltext'))), call);
  const operation = operations[name];
  if (!operation && receiver?.kind === 'call') return stepsOf([receiver], place); // `.scalar()` of what it executes
  if (!operation) return unread(call, `what ${place.receiver}.${name} does is not known here`);
  const given = () => new Given(call, withTable(args, operation.table, place));
  const before = operation === operations['alter_column'] ? stated(given(), existingType) : [];
  return [...before, ...said(given(), operation.sql)];
}

/** In a batch the table goes without saying. */
const withTable = (args: readonly Value[], position: number, { table }: Place): readonly Value[] =>
  table === null ? args : [...args.slice(0, position), table, ...args.slice(position)];

/** Other calls may hold ours, or be handed what ours are called on. */
function elsewhere(call: Call, place: Place): readonly Step[] {
  const inner = [...call.args, ...call.options.values(), ...(call.receiver ? [call.receiver] : [])].flatMap(callsIn);
  if (executing.has(call.name) && rootOf(call.receiver) !== 'op')
    return sqlStep(withoutBinds(unwrapped(call.args[0])), call);
  const handed = call.args.some((arg) => arg.kind === 'name' && arg.name === place.receiver);
  return [
    ...(handed ? unread(call, `what ${call.name} does is not known here`) : stepsOf(inner, place)),
    ...stepsOf(call.body, place),
  ];
}

const executing = new Set(['execute', 'exec_driver_sql']);

/** They ask, or write rows. */
const quiet = new Set([
  ...['get_bind', 'get_context', 'f', 'inline_literal', 'bulk_insert'],
  ...['create_table_comment', 'drop_table_comment'],
]);

interface Operation {
  /** Where its arguments have the table. */
  readonly table: number;
  readonly sql: (given: Given) => readonly string[];
}

const table = (given: Given, position: number, name = 'table_name'): string =>
  tableSql(
    given.maybe('source_table') ?? given.text(name, position),
    given.maybe('schema') ?? given.maybe('source_schema'),
  );

const alter = (given: Given, position: number, action: string): readonly string[] => [
  `ALTER TABLE ${table(given, position)} ${action}`,
];

const named = (given: Given, name = 'constraint_name', position = 0): string => {
  const text = textOf(unwrapped(given.value(name, position)));
  return text === null ? '' : `CONSTRAINT ${quoted(text)} `;
};

const operations: Readonly<Record<string, Operation>> = {
  create_table: { table: 0, sql: created },
  drop_table: {
    table: 0,
    sql: (given) => [words('DROP TABLE', given.is('if_exists') && 'IF EXISTS', table(given, 0))],
  },
  rename_table: {
    table: 0,
    sql: (given) => [
      `ALTER TABLE ${table(given, 0, 'old_table_name')} RENAME TO ${quoted(given.text('new_table_name', 1))}`,
    ],
  },
  add_column: { table: 0, sql: addColumn },
  drop_column: { table: 0, sql: (given) => alter(given, 0, `DROP COLUMN ${quoted(given.text('column_name', 1))}`) },
  alter_column: { table: 0, sql: alterColumn },
  create_index: { table: 1, sql: index },
  drop_index: {
    table: 1,
    sql: (given) => [
      words(
        'DROP INDEX',
        given.is('postgresql_concurrently') && 'CONCURRENTLY',
        given.is('if_exists') && 'IF EXISTS',
        tableSql(nameGiven(given, 'index_name'), given.maybe('schema')),
      ),
    ],
  },
  create_foreign_key: {
    table: 1,
    sql: (given) =>
      alter(
        given,
        1,
        words(
          `ADD ${named(given)}FOREIGN KEY (${listSql(given.texts('local_cols', 3))})`,
          `REFERENCES ${tableSql(given.text('referent_table', 2), given.maybe('referent_schema'))} (${listSql(given.texts('remote_cols', 4))})`,
          given.is('postgresql_not_valid') && 'NOT VALID',
        ),
      ),
  },
  create_unique_constraint: {
    table: 1,
    sql: (given) => alter(given, 1, `ADD ${named(given)}UNIQUE (${listSql(given.texts('columns', 2))})`),
  },
  create_primary_key: {
    table: 1,
    sql: (given) => alter(given, 1, `ADD ${named(given)}PRIMARY KEY (${listSql(given.texts('columns', 2))})`),
  },
  create_exclude_constraint: {
    table: 1,
    sql: (given) =>
      alter(given, 1, `ADD ${named(given)}EXCLUDE USING ${given.maybe('using') ?? 'gist'} (what_python_says WITH =)`),
  },
  create_check_constraint: {
    table: 1,
    sql: (given) =>
      alter(
        given,
        1,
        words(
          `ADD ${named(given)}CHECK (${sqlText(given, 'condition', 2)})`,
          given.is('postgresql_not_valid') && 'NOT VALID',
        ),
      ),
  },
  drop_constraint: {
    table: 1,
    sql: (given) => alter(given, 1, `DROP CONSTRAINT ${quoted(nameGiven(given, 'constraint_name'))}`),
  },
};

function nameGiven(given: Given, name: string): string {
  const value = given.value(name, 0);
  return textOf(unwrapped(value)) ?? given.fail(name, value);
}

function created(given: Given): readonly string[] {
  const parts = given.call.args
    .slice(1)
    .flatMap((part) =>
      given.partly(() => (part.kind === 'call' ? partSql(given, part) : given.fail('a column', part))),
    );
  return [createTable(table(given, 0), parts)];
}

/** `sa.Column(…)` and constraints in a create_table. */
function partSql(given: Given, part: Call): readonly string[] {
  const inner = new Given(part);
  if (part.name === 'Column') return [columnSql(column(part))];
  const prefix = named(inner, 'name', -1);
  if (part.name === 'ForeignKeyConstraint') return [`${prefix}${foreignKeyOf(inner)}`];
  // what a new table excludes or has an index on costs nothing
  if (part.name === 'ExcludeConstraint' || part.name === 'Index') return [];
  const texts = part.args.map((arg) => textOf(unwrapped(arg)) ?? inner.fail('a column', arg));
  if (part.name === 'PrimaryKeyConstraint') return [`${prefix}PRIMARY KEY (${listSql(texts)})`];
  if (part.name === 'UniqueConstraint') return [`${prefix}UNIQUE (${listSql(texts)})`];
  if (part.name === 'CheckConstraint') return [`${prefix}CHECK (${texts[0] ?? ''})`];
  return given.fail(part.name, part);
}

function column(call: Call): ColumnSpec {
  const given = new Given(call);
  const foreign = call.args.find((arg) => arg.kind === 'call' && arg.name === 'ForeignKey');
  const generated = call.args.find(
    (arg) => arg.kind === 'call' && (arg.name === 'Identity' || arg.name === 'Computed'),
  );
  const type = sqlAlchemyType(call.args[1] === foreign ? undefined : call.args[1]);
  return {
    name: given.text('name', 0),
    type: generated?.kind === 'call' ? `${type} ${generatedSql(generated)}` : type,
    notNull: given.isNot('nullable'),
    default: given.value('server_default') ? serverDefault(given) : null,
    primary: given.is('primary_key'),
    unique: given.is('unique'),
    references: foreign?.kind === 'call' ? references(foreign) : null,
  };
}

const generatedSql = (call: Call): string =>
  call.name === 'Identity'
    ? `GENERATED ${isTrue(call.options.get('always')) ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`
    : `GENERATED ALWAYS AS (${sqlText(new Given(call), 'sqltext', 0)}) STORED`;

/** `users.id` */
function references(call: Call): string {
  const [table, column] = target(new Given(call).text('column', 0));
  return `${table} (${column})`;
}

/** `['user_id'], ['users.id']` */
function foreignKeyOf(given: Given): string {
  const targets = given.texts('refcolumns', 1).map(target);
  const [[table] = given.fail('refcolumns')] = targets;
  return `FOREIGN KEY (${listSql(given.texts('columns', 0))}) REFERENCES ${table} (${targets.map(([, one]) => one).join(', ')})`;
}

function target(name: string): readonly [table: string, column: string] {
  const parts = name.split('.').map(quoted);
  return [parts.slice(0, -1).join('.'), parts.at(-1) ?? ''];
}

/** A plain text is quoted, `text('…')` is SQL. */
function serverDefault(given: Given): string {
  const value = given.value('server_default');
  if (value?.kind !== 'call') return literalSql(value) ?? given.fail('server_default', value);
  return ['true', 'false', 'null'].includes(value.name)
    ? value.name
    : (textOf(unwrapped(value)) ?? callSql(value) ?? given.fail('server_default', value));
}

/** `sa.func.now()` and the like. */
const callSql = (call: Call): string | null =>
  rootOf(call) !== null && call.args.length === 0 ? `${call.name}()` : null;

function addColumn(given: Given): readonly string[] {
  const value = given.value('column', 1);
  if (value?.kind !== 'call') return given.fail('column', value);
  const isIndexed = isTrue(value.options.get('index'));
  const spec = column(value);
  return [
    ...alter(given, 0, words('ADD COLUMN', given.is('if_not_exists') && 'IF NOT EXISTS', columnSql(spec))),
    ...(isIndexed ? [createIndex({ table: table(given, 0), on: [quoted(spec.name)] })] : []),
  ];
}

/** The author says what it is now, so that Alembic can do without a look at the database. */
function existingType(given: Given): readonly string[] {
  const type = given.value('existing_type');
  const column = quoted(given.text('column_name', 1));
  return type ? alter(given, 0, `ALTER COLUMN ${column} TYPE ${sqlAlchemyType(type)}`) : [];
}

function alterColumn(given: Given): readonly string[] {
  const name = quoted(given.text('column_name', 1));
  const type = given.value('type_');
  const using = given.maybe('postgresql_using');
  const fallback = given.named.get('server_default');
  const renamed = given.maybe('new_column_name');
  const actions = [
    ...(given.isNot('nullable') ? ['SET NOT NULL'] : given.is('nullable') ? ['DROP NOT NULL'] : []),
    ...(type ? [words(`TYPE ${sqlAlchemyType(type)}`, using !== null && `USING ${using}`)] : []),
    ...(fallback ? [given.value('server_default') ? `SET DEFAULT ${serverDefault(given)}` : 'DROP DEFAULT'] : []),
  ];
  return [
    ...actions.flatMap((action) => alter(given, 0, `ALTER COLUMN ${name} ${action}`)),
    ...(renamed === null ? [] : alter(given, 0, `RENAME COLUMN ${name} TO ${quoted(renamed)}`)),
  ];
}

function index(given: Given): readonly string[] {
  const value = given.value('columns', 2);
  const items = value?.kind === 'list' ? value.items : [];
  const on = items.map((item) => {
    const text = textOf(item);
    return text === null ? (textOf(unwrapped(item)) ?? 'what_python_says') : quoted(text);
  });
  if (on.length === 0) given.fail('columns', value);
  const where = given.value('postgresql_where');
  return [
    createIndex({
      name: nameGiven(given, 'index_name'),
      ...{ table: table(given, 1), on, unique: given.is('unique'), concurrently: given.is('postgresql_concurrently') },
      ...{ ifNotExists: given.is('if_not_exists'), using: given.maybe('postgresql_using') },
      where: where ? (textOf(unwrapped(where)) ?? given.fail('postgresql_where', where)) : null,
    }),
  ];
}
