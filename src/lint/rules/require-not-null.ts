import { columnKinds, has, keyColumns, newColumns } from '../columns.ts';
import type { Rule } from '../rule.ts';
import { serialBase, typeOf } from '../world/column-type.ts';

export const requireNotNull: Rule = {
  id: 'require-not-null',
  severity: 'info',
  optIn: true,
  summary: 'A new column that may be NULL.',
  why: 'Every reader has to think of NULL, for ever, and NOT NULL is harder to add later.',
  lock: null,
  blocks: null,
  bad: [
    { sql: 'CREATE TABLE users (id int PRIMARY KEY, name text)', at: 'name text' },
    { sql: 'ALTER TABLE users ADD COLUMN name text', at: 'ADD COLUMN name text' },
  ],
  good: [
    'CREATE TABLE users (id int, name text NOT NULL, PRIMARY KEY (id))',
    "ALTER TABLE users ADD COLUMN name text NOT NULL DEFAULT ''",
    'CREATE TABLE users (id bigserial)',
    'CREATE TEMP TABLE loaded (name text)',
  ],
  on: columnKinds,
  *check(context) {
    const key = keyColumns(context);
    for (const { def, name, at } of newColumns(context)) {
      const never = (['CONSTR_NOTNULL', 'CONSTR_PRIMARY', 'CONSTR_IDENTITY'] as const).some((kind) => has(def, kind));
      if (!never && !key.includes(name) && serialBase(typeOf(def.typeName)) === null)
        yield { message: `${name} may be NULL.`, at };
    }
  },
};
