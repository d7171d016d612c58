import { quoted } from '../../names.ts';
import { createIndex, createTable, listSql, words } from './ddl.ts';
import { type DjangoField, fieldOf, fieldSql, joinTable } from './django-fields.ts';
import type { DjangoModels } from './django-models.ts';
import { Given } from './given.ts';
import { said, sqlStep, type Step, unread } from './steps.ts';
import { type Call, callsIn, isNull, isTrue, type Script, textOf, textsOf, type Value } from './value.ts';

/** What the operations of a Django migration send; what they say of models is noted. */
export function djangoSteps({ assigned }: Script, models: DjangoModels): readonly Step[] {
  const operations = assigned.get('operations');
  if (operations === undefined) return [];
  if (operations.kind !== 'list') return unread(operations, 'the operations are known only when it runs');
  return operations.items.flatMap((item) =>
    item.kind === 'call' ? stepOf(item, models) : unread(item, 'an operation is known only when it runs'),
  );
}

/** They change what Django knows, not the database. */
const quiet = new Set(['AlterModelOptions', 'AlterModelManagers', 'AlterModelTableComment']);

function stepOf(call: Call, models: DjangoModels): readonly Step[] {
  const { name, args, options } = call;
  if (name === 'RunSQL') return runSql(args[0] ?? options.get('sql'), call);
  if (name === 'RunPython') return unread(call, 'what Python does to the database in RunPython is not known here');
  if (name === 'SeparateDatabaseAndState') {
    const steps = (value: Value | undefined) => (value ? callsIn(value) : []).flatMap((one) => stepOf(one, models));
    const sent = steps(options.get('database_operations') ?? args[0]);
    steps(options.get('state_operations') ?? args[1]); // for what they say of models
    return sent;
  }
  if (quiet.has(name)) return [];
  const make = operations[name];
  return make
    ? said(new Given(call), (given) => make(given, models))
    : unread(call, `what ${name} does is not known here`);
}

/** A text, or a list of texts and of texts with parameters; RunSQL.noop is empty. */
function runSql(value: Value | undefined, call: Call): readonly Step[] {
  if (value?.kind === 'name' && value.name.endsWith('noop')) return [];
  if (value?.kind !== 'list') return sqlStep(value, call);
  return value.items.flatMap((item) => (item.kind === 'list' ? withParameters(item.items, call) : sqlStep(item, call)));
}

/** The places of values take NULL as well. */
function withParameters([sql, parameters]: readonly Value[], call: Call): readonly Step[] {
  if (sql?.kind !== 'text' || parameters === undefined || isNull(parameters)) return sqlStep(sql, call);
  return [{ sql: sql.text.replaceAll(/%[s%]/gu, (mark) => (mark === '%%' ? '%' : 'NULL')), span: sql.span }];
}

type Make = (given: Given, models: DjangoModels) => readonly string[];

const modelOf = (given: Given): string => given.text('model_name', 0);
const ofModel = (given: Given, models: DjangoModels): string => models.tableOf(modelOf(given));

/** The field of an operation, and what it was before. */
function field(
  given: Given,
  models: DjangoModels,
): { readonly one: DjangoField; readonly was: DjangoField | undefined } {
  const [model, name, value] = [modelOf(given), given.text('name', 1), given.value('field', 2)];
  if (value?.kind !== 'call') return given.fail('field', value);
  const was = models.fieldOf(model, name);
  const one = fieldOf(name, value, (label) => models.tableOfLabel(label));
  models.has(model, name, one);
  return { one, was };
}

const createModel: Make = (given, models) => {
  const name = given.text('name', 0);
  const options = given.value('options');
  const entries = options?.kind === 'map' ? options.entries : new Map<string, Value>();
  if (isTrue(entries.get('proxy')) || (entries.get('managed')?.kind === 'plain' && !isTrue(entries.get('managed'))))
    return [];
  const own = textOf(entries.get('db_table'));
  if (own !== null) models.named(name, own);
  const table = models.tableOf(name);
  const list = given.value('fields', 1);
  const items = list?.kind === 'list' ? list.items : given.fail('fields', list);
  const fields = items.flatMap((item) => given.partly(() => [pairOf(given, item, name, models)]));
  const columns = fields.filter(({ many }) => !many);
  return [
    createTable(table, columns.map(fieldSql)),
    ...columns.filter(({ indexed }) => indexed).map(({ column }) => createIndex({ table, on: [quoted(column)] })),
    ...fields.filter(({ many }) => many).map((one) => joinTable(table, name, one)),
    ...uniqueTogether(given, entries.get('unique_together'), table),
  ];
};

/** `('id', models.BigAutoField(…))` */
function pairOf(given: Given, item: Value, model: string, models: DjangoModels): DjangoField {
  const [name, type] = item.kind === 'list' ? item.items : [];
  if (name?.kind !== 'text' || type?.kind !== 'call') return given.fail('a field', item);
  const field = fieldOf(name.text, type, (label) => models.tableOfLabel(label));
  models.has(model, name.text, field);
  return field;
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
const addField: Make = (given, models) => {
  const [table, { one }] = [ofModel(given, models), field(given, models)];
  if (one.many) return [joinTable(table, modelOf(given), one)];
  const drop = one.default !== null && !one.keepsDefault;
  return [
    `ALTER TABLE ${table} ADD COLUMN ${fieldSql(one)}`,
    ...(drop ? [`ALTER TABLE ${table} ALTER COLUMN ${quoted(one.column)} DROP DEFAULT`] : []),
    ...(one.indexed ? [createIndex({ table, on: [quoted(one.column)] })] : []),
  ];
};

/** Django sends what differs in the database, and nothing for what only Python needs. */
const alterField: Make = (given, models) => {
  const [table, { one, was }] = [ofModel(given, models), field(given, models)];
  if (one.many) return [];
  const column = quoted(one.column);
  const start = `ALTER TABLE ${table} ALTER COLUMN ${column}`;
  const renamed = was !== undefined && was.column !== one.column;
  const typed = was?.type === one.type ? [] : [baseOf(one.type)];
  const isKnown = isKnownType(one) && (was === undefined || isKnownType(was));
  return [
    ...(renamed ? [`ALTER TABLE ${table} RENAME COLUMN ${quoted(was.column)} TO ${column}`] : []),
    ...given
      .partly(() => (isKnown || typed.length === 0 ? typed : given.fail('the type')))
      .map((type) => `${start} TYPE ${type}`),
    ...(one.primary || was?.notNull === one.notNull ? [] : [`${start} ${one.notNull ? 'SET' : 'DROP'} NOT NULL`]),
    ...(was ? newIndexes(table, one, was) : []),
  ];
};

const newIndexes = (table: string, { column, indexed, unique }: DjangoField, was: DjangoField): readonly string[] => [
  ...(indexed && !was.indexed ? [createIndex({ table, on: [quoted(column)] })] : []),
  ...(unique && !was.unique ? [`ALTER TABLE ${table} ADD UNIQUE (${quoted(column)})`] : []),
];

/** A class of their own may make any column. */
const isKnownType = ({ type }: DjangoField): boolean => !type.startsWith('"');

const baseOf = (type: string): string => type.replace(/ GENERATED .*$/u, '');

const index = (given: Given, models: DjangoModels, concurrently: boolean): readonly string[] => {
  const value = given.value('index', 1);
  if (value?.kind !== 'call') return given.fail('index', value);
  const inner = new Given(value);
  const fields = textsOf(inner.value('fields'));
  const method = /^(Gin|Gist|Brin|Hash|SpGist)Index$/u.exec(value.name)?.[1]?.toLowerCase() ?? null;
  const column = (name: string) => models.columnOf(modelOf(given), name);
  // what Python says of rows does not change what it costs
  const on = fields?.map((name) => (name.startsWith('-') ? `${column(name.slice(1))} DESC` : column(name)));
  return [
    createIndex({
      name: inner.maybe('name'),
      table: ofModel(given, models),
      on: on ?? ['(expression_of_python)'],
      where: inner.value('condition') ? 'condition_of_python' : null,
      concurrently,
      using: method,
      include: textsOf(inner.value('include')) ?? [],
    }),
  ];
};

const removeIndex = (given: Given, concurrently: boolean): readonly string[] => [
  words('DROP INDEX', concurrently && 'CONCURRENTLY', 'IF EXISTS', quoted(given.text('name', 1))),
];

const constraint = (given: Given, models: DjangoModels, notValid: boolean): readonly string[] => {
  const value = given.value('constraint', 1);
  if (value?.kind !== 'call') return given.fail('constraint', value);
  const inner = new Given(value);
  const [table, name] = [ofModel(given, models), quoted(inner.text('name'))];
  // the condition is Python; what it costs to check it does not depend on what it says
  if (value.name === 'CheckConstraint')
    return [words(`ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (condition_of_python)`, notValid && 'NOT VALID')];
  if (value.name === 'ExclusionConstraint')
    return [`ALTER TABLE ${table} ADD CONSTRAINT ${name} EXCLUDE USING gist (what_python_says WITH =)`];
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
  DeleteModel: (given, models) => [`DROP TABLE ${models.tableOf(given.text('name', 0))}`],
  RenameModel: (given, models) => {
    const [old, next] = [given.text('old_name', 0), given.text('new_name', 1)];
    const [from, stays] = [models.tableOf(old), models.isNamed(old)];
    models.renamed(old, next);
    return stays ? [] : [`ALTER TABLE ${from} RENAME TO ${models.tableOf(next)}`];
  },
  AlterModelTable: (given, models) => {
    const [model, table] = [given.text('name', 0), given.text('table', 1)];
    const from = models.tableOf(model);
    models.named(model, table);
    return from === models.tableOf(model) ? [] : [`ALTER TABLE ${from} RENAME TO ${models.tableOf(model)}`];
  },
  RemoveField: (given, models) => {
    const [model, name] = [modelOf(given), given.text('name', 1)];
    if (models.fieldOf(model, name)?.many) return [];
    return [`ALTER TABLE ${models.tableOf(model)} DROP COLUMN ${models.columnOf(model, name)}`];
  },
  RenameField: (given, models) => {
    const [model, old, next] = [modelOf(given), given.text('old_name', 1), given.text('new_name', 2)];
    const known = models.fieldOf(model, old);
    const from = known?.column ?? old;
    const column = from === old ? next : from === `${old}_id` ? `${next}_id` : from;
    if (known) models.has(model, next, { ...known, column });
    return from === column
      ? []
      : [`ALTER TABLE ${models.tableOf(model)} RENAME COLUMN ${quoted(from)} TO ${quoted(column)}`];
  },
  AddIndex: (given, models) => index(given, models, false),
  AddIndexConcurrently: (given, models) => index(given, models, true),
  RemoveIndex: (given) => removeIndex(given, false),
  RemoveIndexConcurrently: (given) => removeIndex(given, true),
  RenameIndex: (given) => [
    `ALTER INDEX ${quoted(given.text('old_name'))} RENAME TO ${quoted(given.text('new_name', 1))}`,
  ],
  AddConstraint: (given, models) => constraint(given, models, false),
  AddConstraintNotValid: (given, models) => constraint(given, models, true),
  ValidateConstraint: (given, models) => [
    `ALTER TABLE ${ofModel(given, models)} VALIDATE CONSTRAINT ${quoted(given.text('name', 1))}`,
  ],
  RemoveConstraint: (given, models) => [
    `ALTER TABLE ${ofModel(given, models)} DROP CONSTRAINT ${quoted(given.text('name', 1))}`,
  ],
  AlterUniqueTogether: (given, models) =>
    uniqueTogether(given, given.value('unique_together', 1), models.tableOf(given.text('name', 0))),
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
