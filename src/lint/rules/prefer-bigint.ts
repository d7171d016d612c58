import { columnKinds, typedColumns } from '../columns.ts';
import type { Rule } from '../rule.ts';
import { serialBase, typeText } from '../world/column-type.ts';

export const preferBigint: Rule = {
  id: 'prefer-bigint',
  severity: 'info',
  optIn: true,
  summary: 'A column of type integer or smallint.',
  why: 'To widen it later rewrites the table under a lock against everything.',
  lock: null,
  blocks: null,
  bad: [
    { sql: 'CREATE TABLE users (a int NOT NULL, b uuid)', at: 'a int NOT NULL' },
    { sql: 'ALTER TABLE users ADD COLUMN a int', at: 'ADD COLUMN a int' },
    { sql: 'ALTER TABLE users ALTER a TYPE int', at: 'ALTER a TYPE int' },
  ],
  good: [
    'CREATE TABLE users (a bigint, b bigserial, c numeric)',
    'ALTER TABLE users ADD COLUMN a bigint',
    'CREATE TEMP TABLE loaded (a int)',
  ],
  on: columnKinds,
  *check(context) {
    for (const { name, type, at } of typedColumns(context))
      if (['int2', 'int4'].includes(serialBase(type) ?? type.name))
        yield { message: `${name} is ${typeText(type)}: write bigint.`, at };
  },
};
