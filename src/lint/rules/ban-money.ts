import { columnKinds, typedColumns } from '../columns.ts';
import type { Rule } from '../rule.ts';
import { typeText } from '../world/column-type.ts';

export const banMoney: Rule = {
  id: 'ban-money',
  severity: 'info',
  optIn: true,
  summary: 'A column of type money.',
  why: 'Its precision and sign depend on lc_monetary of the server, and so does what is read from a dump. numeric does not.',
  lock: null,
  blocks: null,
  bad: [
    { sql: 'CREATE TABLE users (a money NOT NULL, b uuid)', at: 'a money NOT NULL' },
    { sql: 'ALTER TABLE users ADD COLUMN a money', at: 'ADD COLUMN a money' },
    { sql: 'ALTER TABLE users ALTER a TYPE money', at: 'ALTER a TYPE money' },
  ],
  good: [
    'CREATE TABLE users (a numeric(12,2), b bigint, c text)',
    'ALTER TABLE users ADD COLUMN a numeric(12,2)',
    'CREATE TEMP TABLE loaded (a money)',
  ],
  on: columnKinds,
  *check(context) {
    for (const { name, type, at } of typedColumns(context))
      if (type.name === 'money') yield { message: `${name} is ${typeText(type)}: write numeric.`, at };
  },
};
