import { columnKinds, typedColumns } from '../columns.ts';
import type { Rule } from '../rule.ts';
import { typeText } from '../world/column-type.ts';

export const banChar: Rule = {
  id: 'ban-char',
  severity: 'info',
  optIn: true,
  summary: 'A column of type char(n).',
  why: 'Values are padded with spaces that some comparisons see and others do not, and every change of the type rewrites the table.',
  lock: null,
  blocks: null,
  bad: [
    { sql: 'CREATE TABLE users (a char(3) NOT NULL, b uuid)', at: 'a char(3) NOT NULL' },
    { sql: 'ALTER TABLE users ADD COLUMN a char(3)', at: 'ADD COLUMN a char(3)' },
    { sql: 'ALTER TABLE users ALTER a TYPE char(3)', at: 'ALTER a TYPE char(3)' },
  ],
  good: [
    'CREATE TABLE users (a text, b varchar(3), c "char")',
    'ALTER TABLE users ADD COLUMN a text',
    'CREATE TEMP TABLE loaded (a char(3))',
  ],
  on: columnKinds,
  *check(context) {
    for (const { name, type, at } of typedColumns(context))
      if (type.name === 'bpchar') yield { message: `${name} is ${typeText(type)}: write text.`, at };
  },
};
