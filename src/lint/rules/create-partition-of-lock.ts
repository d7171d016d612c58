import { oldRelation } from '../context.ts';
import { qualified } from '../names.ts';
import { all, as } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { briefly } from '../words.ts';

export const createPartitionOfLock: Rule = {
  id: 'create-partition-of-lock',
  severity: 'warning',
  optIn: true,
  summary: 'CREATE TABLE … PARTITION OF a table in use.',
  why: 'The partitioned table is locked against everything, and its DEFAULT partition is read for rows that belong into the new one. CREATE TABLE (LIKE …), a CHECK and ATTACH PARTITION need a weaker lock.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: briefly,
  bad: [
    'CREATE TABLE orders_2024 PARTITION OF orders FOR VALUES FROM (1) TO (2)',
    'CREATE TABLE IF NOT EXISTS rest PARTITION OF shop.orders DEFAULT',
  ],
  good: [
    'CREATE TABLE orders (id int) PARTITION BY RANGE (id); CREATE TABLE o1 PARTITION OF orders DEFAULT',
    'CREATE TABLE o1 (LIKE orders)',
    'CREATE TABLE child () INHERITS (orders)',
  ],
  on: ['CreateStmt'],
  *check(context) {
    const create = as(context.node, 'CreateStmt');
    const parent = create?.partbound ? oldRelation(context, all(create.inhRelations, 'RangeVar')[0]) : null;
    if (parent === null) return;
    const rest = parent.defaultPartition === null ? '' : ', and its DEFAULT partition is read meanwhile';
    yield { message: `${qualified(parent)} is locked against reads and writes${rest}.` };
  },
};
