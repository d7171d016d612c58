import { oldCommands } from '../context.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { readsAndWrites } from '../words.ts';

export const setLoggedUnlogged: Rule = {
  id: 'set-logged-unlogged',
  severity: 'error',
  scales: true,
  summary: 'SET LOGGED or SET UNLOGGED.',
  why: 'The table and its indexes are rewritten under a lock against everything. An unlogged table is empty after a crash, and on replicas always. A new table that is filled and swapped in does without the lock.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['rewrite'],
  bad: [
    { sql: 'ALTER TABLE orders SET LOGGED', at: 'SET LOGGED' },
    { sql: 'ALTER TABLE shop.orders SET UNLOGGED', at: 'SET UNLOGGED' },
  ],
  good: [
    'CREATE UNLOGGED TABLE orders (id int); ALTER TABLE orders SET LOGGED',
    'CREATE UNLOGGED TABLE loaded (id int)',
  ],
  on: ['AT_SetLogged', 'AT_SetUnLogged'],
  *check(context) {
    for (const { table, type, at } of oldCommands(context, 'AT_SetLogged', 'AT_SetUnLogged')) {
      const lost = type === 'AT_SetUnLogged' ? ', and after a crash its rows are gone' : '';
      yield { message: `${qualified(table)} is rewritten while it is locked against reads and writes${lost}.`, at };
    }
  },
};
