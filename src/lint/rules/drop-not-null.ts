import { isNewColumn } from '../columns.ts';
import { oldCommands } from '../context.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { briefly } from '../words.ts';
import { columnNamed } from '../world/objects.ts';

export const dropNotNull: Rule = {
  id: 'drop-not-null',
  severity: 'info',
  summary: 'DROP NOT NULL.',
  why: 'Code that was written when the column was NOT NULL does not expect NULL. Deploy readers that do before the first one is written.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: briefly,
  bad: [
    { sql: 'ALTER TABLE users ALTER COLUMN email DROP NOT NULL', at: 'ALTER COLUMN email DROP NOT NULL' },
    {
      sql: 'ALTER TABLE users ALTER email DROP NOT NULL, ALTER name DROP NOT NULL',
      schema: 'CREATE TABLE users (email text NOT NULL, name text)',
      at: 'ALTER email DROP NOT NULL',
    },
  ],
  good: [
    'CREATE TABLE users (email text NOT NULL); ALTER TABLE users ALTER email DROP NOT NULL',
    "ALTER TABLE users ADD plan text NOT NULL DEFAULT ''; ALTER TABLE users ALTER plan DROP NOT NULL",
  ],
  on: ['AT_DropNotNull'],
  *check(context) {
    for (const { table, name, at } of oldCommands(context, 'AT_DropNotNull')) {
      if (isNewColumn(context, table, name) || columnNamed(table, name)?.notNull === false) continue;
      yield { message: `Readers of ${qualified(table)}.${name} may meet NULL from now on.`, at };
    }
  },
};
