import { columnKinds, keyColumns } from '../columns.ts';
import { columnOfKey, newForeignKeys } from '../foreign-keys.ts';
import type { Rule } from '../rule.ts';
import { listed } from '../words.ts';

export const forbidNullableFk: Rule = {
  id: 'forbid-nullable-fk',
  severity: 'info',
  optIn: true,
  summary: 'A foreign key whose column may be NULL.',
  why: 'A NULL refers to nothing, and is not checked: a row that should belong to another one can come without.',
  lock: null,
  blocks: null,
  bad: [
    { sql: 'CREATE TABLE orders (user_id int REFERENCES users)', at: 'user_id int REFERENCES users' },
    {
      sql: 'ALTER TABLE orders ADD COLUMN user_id int REFERENCES users',
      at: 'ADD COLUMN user_id int REFERENCES users',
    },
  ],
  good: [
    'CREATE TABLE orders (user_id int NOT NULL REFERENCES users)',
    'CREATE TABLE profiles (user_id int PRIMARY KEY REFERENCES users)',
    'ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID',
    'CREATE TABLE m (a int REFERENCES users, b int, PRIMARY KEY (a, b))',
  ],
  on: columnKinds,
  *check(context) {
    const key = keyColumns(context);
    for (const foreign of newForeignKeys(context)) {
      const nullable = foreign.columns.filter(
        (column) => columnOfKey(foreign, column).notNull === false && !key.includes(column),
      );
      if (nullable.length > 0)
        yield { message: `${listed(nullable)} may be NULL, and then refers to nothing.`, at: foreign.at };
    }
  },
};
