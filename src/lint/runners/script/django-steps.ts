import { quoted } from '../../names.ts';
import { createIndex, createTable, listSql, words } from './ddl.ts';
import { type DjangoField, fieldOf, fieldSql, joinTable } from './django-fields.ts';
import { Given } from './given.ts';
import { said, sqlStep, type Step, unread } from './steps.ts';
import { type Call, callsIn, isTrue, type Script, textOf, textsOf, type Value } from './value.ts';

/** What the operations of a Django migration send. */
export function djangoSteps({ assigned }: Script, app: string): readonly Step[] {
  const operations = assigned.get('operations');
  if (operations === undefined) return [];
  if (operations.kind !== 'list') return unread(operations, 'the operations are known only when it runs');
  return operations.items.flatMap((item) =>
    item.kind === 'call' ? stepOf(item, app) : unread(item, 'an operation is known only when it runs'),
  );
}

/** They change what Django knows, not the database. */
const quiet = new Set(['AlterModelOptions', 'AlterModelManagers', 'AlterModelTableComment']);

function stepOf(call: Call, app: string): readonly Step[] {
  const { name, args, options } = call;
  if (name === 'RunSQL') return runSql(args[0] ?? options.get('sql'), call);
  if (name === 'RunPython') return unread(call, 'what Python does to the database in RunPython is not known here');
  if (name === 'SeparateDatabaseAndState') {
    const inner = options.get('database_operations') ?? args[0];
    return inner ? callsIn(inner).flatMap((one) => stepOf(one, app)) : [];
  }
  if (quiet.has(name)) return [];
  const make = operations[name];
  return make ? said(call, () => make(new Given(call), app)) : unread(call, `what ${name} does is not known here`);
}

/** A text, or a list of texts and of texts with parameters; RunSQL.noop is empty. */
function runSql(value: Value | undefined, call: Call): readonly Step[] {
  if (value?.kind === 'name' && value.name.endsWith('noop')) return [];
  if (value?.kind !== 'list') return sqlStep(value, call);
  return value.items.flatMap((item) => sqlStep(item.kind === 'list' ? item.items[0] : item, call));
}

type Make = (given: Given, app: string) => readonly string[];

const tableOf = (app: string, model: string): string =>
  quoted(app === '' ? model.toLowerCase() : `${app}_${model.toLowerCase()}`);

const ofModel = (given: Given, app: string, position = 0): string => tableOf(app, given.text('model_name', position));

const field = (given: Given, app: string): DjangoField => {
  const value = given.value('field', 2);
  if (value?.kind !== 'call') return given.fail('field', value);
  return fieldOf(given.text('name', 1), value, app);
};

const createModel: Make = (given, app) => {
  const name = given.text('name', 0);
  const options = given.value('options');
  const entries = options?.kind === 'map' ? options.entries : new Map<string, Value>();
  if (isTrue(entries.get('proxy')) || (entries.get('managed')?.kind === 'plain' && !isTrue(entries.get('managed'))))
    return [];
  const table =
    textOf(entries.get('db_table')) !== null ? quoted(textOf(entries.get('db_table')) ?? '') : tableOf(app, name);
  const list = given.value('fields', 1);
  const fields =
    list?.kind === 'list' ? list.items.map((item) => pairOf(given, item, app)) : given.fail('fields', list);
  const own = fields.filter(({ many }) => !many);
  return [
    createTable(table, own.map(fieldSql)),
    ...own.filter(({ indexed }) => indexed).map(({ column }) => createIndex({ table, on: [quoted(column)] })),
    ...fields.filter(({ many }) => many).map((one) => joinTable(table, name, one)),
    ...uniqueTogether(given, entries.get('unique_together'), table),
  ];
};

/** `('id', models.BigAutoField(…))` */
function pairOf(given: Given, item: Value, app: string): DjangoField {
  const [name, type] = item.kind === 'list' ? item.items : [];
  if (name?.kind !== 'text' || type?.kind !== 'call') return given.fail('a field', item);
  return fieldOf(name.text, type, app);
}

function uniqueTogether(given: Given, value: Value | undefined, table: string): readonly string[] {
  if (value?.kind !== 'list') return [];
  const groups = value.items.every(({ kind }) => kind === 'text') ? [value] : value.items;
  return groups.flatMap((group) => {
    const names = textsOf(group) ?? given.fail('unique_together', group);
    return names.length === 0 ? [] : [`ALTER TABLE ${table} ADD UNIQUE (${listSql(names)})`];
  });
}

/** A default is there only while the column is added, as Django does it, unless it is the database's. */
const addField: Make = (given, app) => {
  const [table, one] = [ofModel(given, app), field(given, app)];
  if (one.many) return [joinTable(table, given.text('model_name', 0), one)];
  const drop = one.default !== null && !one.keepsDefault;
  return [
    `ALTER TABLE ${table} ADD COLUMN ${fieldSql(one)}`,
    ...(drop ? [`ALTER TABLE ${table} ALTER COLUMN ${quoted(one.column)} DROP DEFAULT`] : []),
    ...(one.indexed ? [createIndex({ table, on: [quoted(one.column)] })] : []),
  ];
};

const alterField: Make = (given, app) => {
  const [table, one] = [ofModel(given, app), field(given, app)];
  const start = `ALTER TABLE ${table} ALTER COLUMN ${quoted(one.column)}`;
  return [
    `${start} TYPE ${one.type}`,
    ...(one.primary ? [] : [one.notNull ? `${start} SET NOT NULL` : `${start} DROP NOT NULL`]),
  ];
};

const index = (given: Given, app: string, concurrently: boolean): readonly string[] => {
  const value = given.value('index', 1);
  if (value?.kind !== 'call') return given.fail('index', value);
  const inner = new Given(value);
  const on = textsOf(inner.value('fields')) ?? inner.fail('the columns');
  if (inner.value('condition')) inner.fail('the condition', inner.value('condition'));
  const method = /^(Gin|Gist|Brin|Hash|SpGist)Index$/u.exec(value.name)?.[1]?.toLowerCase() ?? null;
  const columns = on.map((name) => (name.startsWith('-') ? `${quoted(name.slice(1))} DESC` : quoted(name)));
  return [
    createIndex({
      name: inner.maybe('name'),
      table: ofModel(given, app),
      on: columns,
      concurrently,
      using: method,
      include: textsOf(inner.value('include')) ?? [],
    }),
  ];
};

const removeIndex = (given: Given, concurrently: boolean): readonly string[] => [
  words('DROP INDEX', concurrently && 'CONCURRENTLY', 'IF EXISTS', quoted(given.text('name', 1))),
];

const constraint = (given: Given, app: string, notValid: boolean): readonly string[] => {
  const value = given.value('constraint', 1);
  if (value?.kind !== 'call') return given.fail('constraint', value);
  const inner = new Given(value);
  const [table, name] = [ofModel(given, app), quoted(inner.text('name'))];
  // the condition is Python; what it costs to check it does not depend on what it says
  if (value.name === 'CheckConstraint')
    return [words(`ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (condition_of_python)`, notValid && 'NOT VALID')];
  if (value.name !== 'UniqueConstraint') return given.fail(value.name, value);
  const columns = textsOf(inner.value('fields')) ?? inner.fail('the columns');
  if (inner.value('condition'))
    return [
      createIndex({
        name: inner.text('name'),
        table,
        on: columns.map(quoted),
        unique: true,
        where: 'condition_of_python',
      }),
    ];
  return [`ALTER TABLE ${table} ADD CONSTRAINT ${name} UNIQUE (${listSql(columns)})`];
};

/** Django adds CASCADE to every DROP, which no author can change: it is left out here. */
const operations: Readonly<Record<string, Make>> = {
  ...{ CreateModel: createModel, AddField: addField, AlterField: alterField },
  DeleteModel: (given, app) => [`DROP TABLE ${tableOf(app, given.text('name', 0))}`],
  RenameModel: (given, app) => [
    `ALTER TABLE ${tableOf(app, given.text('old_name', 0))} RENAME TO ${tableOf(app, given.text('new_name', 1))}`,
  ],
  AlterModelTable: (given, app) => [
    `ALTER TABLE ${tableOf(app, given.text('name', 0))} RENAME TO ${quoted(given.text('table', 1))}`,
  ],
  RemoveField: (given, app) => [`ALTER TABLE ${ofModel(given, app)} DROP COLUMN ${quoted(given.text('name', 1))}`],
  RenameField: (given, app) => [
    `ALTER TABLE ${ofModel(given, app)} RENAME COLUMN ${quoted(given.text('old_name', 1))} TO ${quoted(given.text('new_name', 2))}`,
  ],
  AddIndex: (given, app) => index(given, app, false),
  AddIndexConcurrently: (given, app) => index(given, app, true),
  RemoveIndex: (given) => removeIndex(given, false),
  RemoveIndexConcurrently: (given) => removeIndex(given, true),
  RenameIndex: (given) => [
    `ALTER INDEX ${quoted(given.text('old_name'))} RENAME TO ${quoted(given.text('new_name', 1))}`,
  ],
  AddConstraint: (given, app) => constraint(given, app, false),
  AddConstraintNotValid: (given, app) => constraint(given, app, true),
  ValidateConstraint: (given, app) => [
    `ALTER TABLE ${ofModel(given, app)} VALIDATE CONSTRAINT ${quoted(given.text('name', 1))}`,
  ],
  RemoveConstraint: (given, app) => [
    `ALTER TABLE ${ofModel(given, app)} DROP CONSTRAINT ${quoted(given.text('name', 1))}`,
  ],
  AlterUniqueTogether: (given, app) =>
    uniqueTogether(given, given.value('unique_together', 1), tableOf(app, given.text('name', 0))),
  AlterIndexTogether: (given) => given.fail('index_together'),
  ...Object.fromEntries(
    [
      ['BtreeGinExtension', 'btree_gin'],
      ['BtreeGistExtension', 'btree_gist'],
      ['CITextExtension', 'citext'],
      ['CryptoExtension', 'pgcrypto'],
      ['HStoreExtension', 'hstore'],
      ['TrigramExtension', 'pg_trgm'],
      ['UnaccentExtension', 'unaccent'],
    ].map(([operation = '', extension = '']): [string, Make] => [
      operation,
      () => [`CREATE EXTENSION IF NOT EXISTS ${extension}`],
    ]),
  ),
};
