import { columnKinds } from '../columns.ts';
import { isCovered, newForeignKeys } from '../foreign-keys.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { listed } from '../words.ts';

export const fkWithoutIndex: Rule = {
  id: 'fk-without-index',
  severity: 'warning',
  optIn: true,
  summary: 'A foreign key without an index that begins with its columns.',
  why: 'To delete a row of the referenced table, or to change its key, PostgreSQL looks for rows that refer to it: without an index it reads the whole referencing table, once for each row.',
  lock: null,
  blocks: null,
  bad: [
    {
      sql: 'ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID',
      at: 'ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID',
    },
    {
      sql: 'CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users); CREATE INDEX ON orders (id, user_id)',
      at: 'user_id int REFERENCES users',
    },
    {
      sql: 'ALTER TABLE orders ADD COLUMN user_id int REFERENCES users; CREATE INDEX ON orders (user_id) WHERE paid',
      at: 'ADD COLUMN user_id int REFERENCES users',
    },
  ],
  good: [
    'CREATE INDEX CONCURRENTLY i ON orders (user_id, day); ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID',
    'CREATE TABLE orders (user_id int REFERENCES users); CREATE INDEX ON orders (user_id)',
    'CREATE TABLE members (user_id int REFERENCES users, team int, PRIMARY KEY (user_id, team))',
    'CREATE TABLE profiles (user_id int PRIMARY KEY REFERENCES users)',
    'CREATE TABLE parts (a int, b int, FOREIGN KEY (a, b) REFERENCES wholes (x, y), UNIQUE (b, a))',
  ],
  on: columnKinds,
  *check(context) {
    for (const key of newForeignKeys(context)) {
      if (isCovered(context, key)) continue;
      yield { message: `No index of ${qualified(key.table)} begins with ${listed(key.columns)}.`, at: key.at };
    }
  },
};
