import { oldCommands } from '../context.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { readsAndWrites } from '../words.ts';
import { columnNamed } from '../world/objects.ts';

export const alterGeneratedExpression: Rule = {
  id: 'alter-generated-expression',
  severity: 'error',
  scales: true,
  summary: 'SET EXPRESSION of a stored generated column.',
  why: 'The value is computed anew for every row: the table and its indexes are rewritten under a lock against everything. A new column that takes over does without.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['rewrite'],
  versions: 'From PostgreSQL 17 on. A VIRTUAL column, from 18 on, is not rewritten.',
  bad: [
    {
      sql: 'ALTER TABLE orders ALTER COLUMN total SET EXPRESSION AS (price * 2)',
      pg: 17,
      at: 'ALTER COLUMN total SET EXPRESSION AS (price * 2)',
    },
    {
      sql: 'ALTER TABLE orders ALTER total SET EXPRESSION AS (price * 3)',
      schema: 'CREATE TABLE orders (price int, total int GENERATED ALWAYS AS (price * 2) STORED)',
      pg: 18,
      at: 'ALTER total SET EXPRESSION AS (price * 3)',
    },
  ],
  good: [
    {
      sql: 'ALTER TABLE orders ALTER total SET EXPRESSION AS (price * 3)',
      schema: 'CREATE TABLE orders (price int, total int GENERATED ALWAYS AS (price * 2) VIRTUAL)',
      pg: 18,
    },
    {
      sql: `CREATE TABLE orders (price int, total int GENERATED ALWAYS AS (price * 2) STORED);
        ALTER TABLE orders ALTER total SET EXPRESSION AS (price * 3)`,
      pg: 17,
    },
  ],
  on: ['AT_SetExpression'],
  *check(context) {
    if (context.pg < 17) return;
    for (const { table, name, at } of oldCommands(context, 'AT_SetExpression'))
      if (columnNamed(table, name)?.generated !== 'virtual')
        yield { message: `${qualified(table)} is rewritten while it is locked against reads and writes.`, at };
  },
};
