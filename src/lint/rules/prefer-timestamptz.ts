import { columnKinds, typedColumns } from '../columns.ts';
import type { Rule } from '../rule.ts';
import { typeText } from '../world/column-type.ts';

export const preferTimestamptz: Rule = {
  id: 'prefer-timestamptz',
  severity: 'info',
  optIn: true,
  summary: 'A column of type timestamp without time zone.',
  why: 'It says what a clock somewhere showed, not when something happened: the same value is another moment in another time zone.',
  lock: null,
  blocks: null,
  bad: [
    { sql: 'CREATE TABLE users (a timestamp NOT NULL, b uuid)', at: 'a timestamp NOT NULL' },
    { sql: 'ALTER TABLE users ADD COLUMN a timestamp', at: 'ADD COLUMN a timestamp' },
    { sql: 'ALTER TABLE users ALTER a TYPE timestamp', at: 'ALTER a TYPE timestamp' },
  ],
  good: [
    'CREATE TABLE users (a timestamptz, b date, c timestamp with time zone)',
    'ALTER TABLE users ADD COLUMN a timestamptz',
    'CREATE TEMP TABLE loaded (a timestamp)',
  ],
  on: columnKinds,
  *check(context) {
    for (const { name, type, at } of typedColumns(context))
      if (type.name === 'timestamp') yield { message: `${name} is ${typeText(type)}: write timestamptz.`, at };
  },
};
