import { isNewColumn } from '../columns.ts';
import { oldCommands } from '../context.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { briefly, listed, queue } from '../words.ts';

export const dropColumn: Rule = {
  id: 'drop-column',
  severity: 'warning',
  summary: 'DROP COLUMN.',
  why: `Code that still runs reads or writes the column and fails at once; indexes and constraints that include it go with it, unsaid. First deploy what does without it, and drop it then, under a lock_timeout. ${queue}`,
  lock: 'ACCESS EXCLUSIVE',
  blocks: briefly,
  bad: [
    { sql: 'ALTER TABLE users DROP COLUMN nickname', at: 'DROP COLUMN nickname' },
    {
      sql: 'ALTER TABLE orders DROP COLUMN IF EXISTS user_id',
      schema: 'CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (user_id int REFERENCES users)',
      at: 'DROP COLUMN IF EXISTS user_id',
    },
  ],
  good: [
    'ALTER TABLE users ADD COLUMN scratch int; ALTER TABLE users DROP COLUMN scratch',
    'CREATE TABLE users (id int, scratch int); ALTER TABLE users DROP COLUMN scratch',
  ],
  on: ['AT_DropColumn'],
  *check(context) {
    for (const { table, name, at } of oldCommands(context, 'AT_DropColumn')) {
      if (isNewColumn(context, table, name)) continue;
      const gone = [
        ...table.constraints.filter(({ columns }) => columns.includes(name)).map((constraint) => constraint.name),
        ...context.world
          .indexesOf(table)
          .filter((i) => i.columns.includes(name) || i.mentioned.includes(name))
          .map((i) => i.name),
      ];
      const also =
        gone.length > 0 ? ` ${listed([...new Set(gone)])} ${new Set(gone).size > 1 ? 'go' : 'goes'} with it.` : '';
      const other = table.constraints.find((c) => c.references !== null && c.columns.includes(name));
      const locked = other?.references ? ` ${qualified(context.world.byKey(other.references))} is locked too.` : '';
      yield { message: `Code that still uses ${qualified(table)}.${name} fails from now on.${also}${locked}`, at };
    }
  },
};
