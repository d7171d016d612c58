import { columnKinds } from '../columns.ts';
import { columnOfKey, newForeignKeys } from '../foreign-keys.ts';
import { strings } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { typeText } from '../world/column-type.ts';
import { columnNamed } from '../world/objects.ts';

export const fkTypeMismatch: Rule = {
  id: 'fk-type-mismatch',
  severity: 'warning',
  optIn: true,
  summary: 'A foreign key whose column has another type than the one it references.',
  why: 'Each check casts, so that indexes may not serve; and values that fit on one side do not fit on the other, until one day an INSERT fails.',
  lock: null,
  blocks: null,
  bad: [
    {
      sql: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id int REFERENCES users)',
      at: 'user_id int REFERENCES users',
    },
    {
      sql: 'ALTER TABLE orders ADD COLUMN user_id int REFERENCES users (id)',
      schema: 'CREATE TABLE users (id bigserial PRIMARY KEY)',
      at: 'ADD COLUMN user_id int REFERENCES users (id)',
    },
  ],
  good: [
    'CREATE TABLE users (id bigserial PRIMARY KEY); CREATE TABLE orders (user_id bigint REFERENCES users)',
    'CREATE TABLE orders (user_id int REFERENCES users)',
    'CREATE TABLE nodes (id int PRIMARY KEY, parent int REFERENCES nodes)',
  ],
  on: columnKinds,
  *check(context) {
    for (const key of newForeignKeys(context)) {
      const { constraint, columns, at } = key;
      const other = constraint.pktable && context.world.relation(constraint.pktable);
      if (!other) continue;
      const primary = other.constraints.find(({ kind }) => kind === 'primary')?.columns ?? [];
      const referenced = strings(constraint.pk_attrs).length > 0 ? strings(constraint.pk_attrs) : primary;
      for (const [i, column] of columns.entries()) {
        const [from, to] = [columnOfKey(key, column).type, columnNamed(other, referenced[i] ?? '')?.type];
        if (!from || !to || from.name === to.name) continue;
        yield { message: `${column} is ${typeText(from)}, and what it references is ${typeText(to)}.`, at };
      }
    }
  },
};
