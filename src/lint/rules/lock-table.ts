import { oldRelation } from '../context.ts';
import { all, as } from '../nodes.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { listed, queue } from '../words.ts';
import { atLeast, lockModes } from '../world/lock-mode.ts';

export const lockTable: Rule = {
  id: 'lock-table',
  severity: 'warning',
  summary: 'LOCK TABLE in a mode that blocks writes.',
  why: `It blocks by intention, until the transaction ends. Each statement takes the lock it needs by itself, under a lock_timeout that can be short. ${queue}`,
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'writes to the table, and with ACCESS EXCLUSIVE reads, until the transaction ends',
  bad: [
    { sql: 'BEGIN; LOCK TABLE orders; COMMIT', at: 'LOCK TABLE orders' },
    {
      sql: 'BEGIN; LOCK orders, users IN SHARE ROW EXCLUSIVE MODE NOWAIT; COMMIT',
      at: 'LOCK orders, users IN SHARE ROW EXCLUSIVE MODE NOWAIT',
    },
  ],
  good: [
    'BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE; COMMIT',
    'BEGIN; CREATE TABLE orders (id int); LOCK TABLE orders; COMMIT',
    'BEGIN; LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE; COMMIT',
  ],
  on: ['LockStmt'],
  *check(context) {
    const lock = as(context.node, 'LockStmt');
    const mode = lockModes[(lock?.mode ?? 8) - 1] ?? 'ACCESS EXCLUSIVE';
    const old = all(lock?.relations, 'RangeVar').flatMap((relation) => oldRelation(context, relation) ?? []);
    if (old.length === 0 || !atLeast(mode, 'SHARE')) return;
    const message = `${listed(old.map(qualified))} stays locked until the transaction ends.`;
    yield { message, lock: mode };
  },
};
