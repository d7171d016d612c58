import { oldCommands } from '../context.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { readsAndWrites } from '../words.ts';

export const setAccessMethod: Rule = {
  id: 'set-access-method',
  severity: 'error',
  scales: true,
  summary: 'SET ACCESS METHOD.',
  why: 'The table and its indexes are rewritten under a lock against everything. A new table that is filled and swapped in does without.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['rewrite'],
  versions: 'From PostgreSQL 15 on.',
  bad: [
    { sql: 'ALTER TABLE orders SET ACCESS METHOD columnar', pg: 15, at: 'SET ACCESS METHOD columnar' },
    { sql: 'ALTER TABLE shop.orders SET ACCESS METHOD columnar', pg: 18, at: 'SET ACCESS METHOD columnar' },
  ],
  good: [
    { sql: 'CREATE TABLE orders (id int); ALTER TABLE orders SET ACCESS METHOD columnar', pg: 15 },
    { sql: 'CREATE TABLE orders (id int) USING columnar', pg: 15 },
    {
      sql: 'ALTER TABLE orders SET ACCESS METHOD columnar',
      schema: 'CREATE TABLE orders (id int) PARTITION BY HASH (id)',
      pg: 17,
    },
  ],
  on: ['AT_SetAccessMethod'],
  *check(context) {
    for (const { table, at } of oldCommands(context, 'AT_SetAccessMethod'))
      if (table.kind !== 'partitioned')
        yield { message: `${qualified(table)} is rewritten while it is locked against reads and writes.`, at };
  },
};
