import { keyColumns, newColumns, tableName } from '../columns.ts';
import { edited } from '../rewrite.ts';
import { as } from '../nodes.ts';
import { nameAt } from '../places.ts';
import type { Rule } from '../rule.ts';
import { serialBase, typeOf, typeText } from '../world/column-type.ts';

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
  ],
  good: [
    'CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)',
    'CREATE TABLE users (id uuid PRIMARY KEY)',
    'CREATE TABLE members (user_id int, team_id int, PRIMARY KEY (user_id, team_id))',
    'CREATE TEMP TABLE loaded (id int PRIMARY KEY)',
  ],
  on: ['CreateStmt'],
  *check(context) {
    const key = as(context.node, 'CreateStmt') ? keyColumns(context) : [];
    for (const { def, name, at } of newColumns(context)) {
      const type = typeOf(def.typeName);
      const serial = serialBase(type);
      if (key.length !== 1 || key[0] !== name || type === null || type.array || !small.has(serial ?? type.name))
        continue;
      const place = nameAt(context.statement, context.statement.index(def.typeName?.location ?? 0));
      const message = `${tableName(context)} can have no more rows than ${typeText(type)} has numbers.`;
      yield { message, at, fix: edited(context, [{ ...place, to: serial ? 'bigserial' : 'bigint' }]) };
    }
  },
};
