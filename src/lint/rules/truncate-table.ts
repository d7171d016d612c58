import { oldRelation } from '../context.ts';
import { all, as } from '../nodes.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { listed, queue } from '../words.ts';

export const truncateTable: Rule = {
  id: 'truncate-table',
  severity: 'error',
  summary: 'TRUNCATE of a table that this file did not create.',
  why: `All rows are gone for everybody, older snapshots included. CASCADE empties every table that references it. ${queue}`,
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of the table, and with CASCADE of all that reference it',
  bad: ['TRUNCATE orders', 'TRUNCATE TABLE ONLY shop.orders, shop.items RESTART IDENTITY CASCADE'],
  good: ['CREATE TABLE scratch (id int); TRUNCATE scratch', 'DELETE FROM orders WHERE id < 1000'],
  on: ['TruncateStmt'],
  *check(context) {
    const truncate = as(context.node, 'TruncateStmt');
    const old = all(truncate?.relations, 'RangeVar').flatMap((relation) => oldRelation(context, relation) ?? []);
    if (old.length === 0) return;
    const all_ = truncate?.behavior === 'DROP_CASCADE' ? ' and of every table that references them' : '';
    yield { message: `All rows of ${listed(old.map(qualified))}${all_} are lost.` };
  },
};
