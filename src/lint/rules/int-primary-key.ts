import { keyColumns, newColumns, tableName } from '../columns.ts';
import { qualified } from '../names.ts';
import { as } from '../nodes.ts';
import { nameAt } from '../places.ts';
import { edited } from '../rewrite.ts';
import type { Context, Report, Rule } from '../rule.ts';
import { type ColumnType, serialBase, typeOf, typeText } from '../world/column-type.ts';
import { constraintColumns, constraintsOf } from '../world/define-column.ts';
import { columnNamed, type Relation } from '../world/objects.ts';

const small = new Set(['int2', 'int4']);

export const intPrimaryKey: Rule = {
  id: 'int-primary-key',
  severity: 'warning',
  summary: 'A primary key of four bytes or fewer.',
  why: 'After 2,147,483,647 no row can be inserted any more. To widen the column then rewrites the table, and every table that references it, during the outage.',
  lock: null,
  blocks: null,
  bad: [
    { sql: 'CREATE TABLE users (id serial PRIMARY KEY, name text)', at: 'id serial PRIMARY KEY' },
    {
      sql: 'CREATE TABLE users (name text, id integer GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (id))',
      at: 'id integer GENERATED ALWAYS AS IDENTITY',
    },
    { sql: 'CREATE TABLE kinds (id smallint PRIMARY KEY)', at: 'id smallint PRIMARY KEY' },
    {
      sql: 'CREATE TABLE users (id integer NOT NULL); ALTER TABLE ONLY users ADD CONSTRAINT users_pkey PRIMARY KEY (id)',
      at: 'ADD CONSTRAINT users_pkey PRIMARY KEY (id)',
    },
    {
      sql: 'CREATE TABLE users (id serial); CREATE UNIQUE INDEX i ON users (id); ALTER TABLE users ADD PRIMARY KEY USING INDEX i',
      at: 'ADD PRIMARY KEY USING INDEX i',
    },
    {
      sql: 'CREATE TABLE users (name text); ALTER TABLE users ADD COLUMN id serial, ADD PRIMARY KEY (id)',
      at: 'ADD PRIMARY KEY (id)',
    },
  ],
  good: [
    'CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)',
    'CREATE TABLE users (id uuid PRIMARY KEY)',
    'CREATE TABLE members (user_id int, team_id int, PRIMARY KEY (user_id, team_id))',
    'CREATE TEMP TABLE loaded (id int PRIMARY KEY)',
    'CREATE TEMP TABLE loaded (id int); ALTER TABLE loaded ADD PRIMARY KEY (id)',
    'CREATE TABLE users (id int); ALTER TABLE users ALTER id TYPE bigint, ADD PRIMARY KEY (id)',
    'CREATE TABLE members (user_id int, team_id int); ALTER TABLE members ADD PRIMARY KEY (user_id, team_id)',
    'CREATE TABLE users (id int, name text); ALTER TABLE users ADD UNIQUE (id)',
  ],
  on: ['CreateStmt', 'AlterTableStmt'],
  *check(context) {
    const key = as(context.node, 'CreateStmt') ? keyColumns(context) : [];
    for (const { def, name, at } of newColumns(context)) {
      const type = typeOf(def.typeName);
      const [only] = key;
      if (key.length !== 1 || only !== name || !isSmall(type)) continue;
      const place = nameAt(context.statement, context.statement.index(def.typeName?.location ?? 0));
      const to = serialBase(type) === null ? 'bigint' : 'bigserial';
      yield { message: messageFor(tableName(context), type), at, fix: edited(context, [{ ...place, to }]) };
    }
    yield* addedLater(context);
  },
};

const isSmall = (type: ColumnType | null): type is ColumnType =>
  type !== null && !type.array && small.has(serialBase(type) ?? type.name);

const messageFor = (table: string, type: ColumnType): string =>
  `${table} can have no more rows than ${typeText(type)} has numbers.`;

/** A key that an ALTER TABLE makes of a column whose type is known. */
function* addedLater(context: Context): Iterable<Report> {
  for (const command of context.commands) {
    const { table, constraint, column, at } = command;
    const key = [constraint, ...(column ? constraintsOf(column) : [])].find((c) => c?.contype === 'CONSTR_PRIMARY');
    if (!key || table.temporary) continue;
    const index = key.indexname === undefined ? undefined : { schema: table.schema, name: key.indexname };
    const columns = index
      ? (context.world.findIndex(index)?.columns ?? [])
      : constraintColumns(key, column?.colname ?? null);
    const [only] = columns;
    const type = columns.length === 1 && typeof only === 'string' ? typeThen(context, table, only) : null;
    if (isSmall(type)) yield { message: messageFor(qualified(table), type), at };
  }
}

/** The type that a column has when all actions are done. */
function typeThen({ commands }: Context, table: Relation, name: string): ColumnType | null {
  const made = commands.findLast(
    ({ type, column, name: altered }) =>
      (type === 'AT_AddColumn' && column?.colname === name) || (type === 'AT_AlterColumnType' && altered === name),
  );
  return made ? typeOf(made.column?.typeName) : (columnNamed(table, name)?.type ?? null);
}
