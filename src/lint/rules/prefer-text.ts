import { columnKinds, typedColumns } from '../columns.ts';
import type { Rule } from '../rule.ts';
import { typeText } from '../world/column-type.ts';

export const preferText: Rule = {
  id: 'prefer-text',
  severity: 'info',
  optIn: true,
  summary: 'A column of type varchar(n).',
  why: 'A shorter limit later rewrites or checks the table. text with a CHECK is as fast, and a CHECK can be changed while the table is used.',
  lock: null,
  blocks: null,
  bad: [
    { sql: 'CREATE TABLE users (a varchar(20) NOT NULL, b uuid)', at: 'a varchar(20) NOT NULL' },
    { sql: 'ALTER TABLE users ADD COLUMN a varchar(20)', at: 'ADD COLUMN a varchar(20)' },
    { sql: 'ALTER TABLE users ALTER a TYPE varchar(20)', at: 'ALTER a TYPE varchar(20)' },
  ],
  good: [
    'CREATE TABLE users (a text, b varchar, c int)',
    'ALTER TABLE users ADD COLUMN a text',
    'CREATE TEMP TABLE loaded (a varchar(20))',
  ],
  on: columnKinds,
  *check(context) {
    for (const { name, type, at } of typedColumns(context))
      if (type.name === 'varchar' && type.modifiers.length > 0)
        yield { message: `${name} is ${typeText(type)}: write text, with a CHECK if there is a limit.`, at };
  },
};
