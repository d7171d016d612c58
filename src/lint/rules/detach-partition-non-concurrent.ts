import { oldCommands } from '../context.ts';
import { as } from '../nodes.ts';
import { qualified } from '../names.ts';
import { edited, noTransaction } from '../rewrite.ts';
import type { Rule } from '../rule.ts';
import { queue } from '../words.ts';

export const detachPartitionNonConcurrent: Rule = {
  id: 'detach-partition-non-concurrent',
  severity: 'error',
  summary: 'DETACH PARTITION without CONCURRENTLY.',
  why: `The whole partitioned table is locked against everything, not only the partition. ${queue}`,
  lock: 'ACCESS EXCLUSIVE',
  blocks:
    'reads and writes of the partitioned table and all its partitions, briefly, and as long as it waits for the locks',
  versions: 'CONCURRENTLY from PostgreSQL 14 on, outside a transaction, and not beside a DEFAULT partition.',
  bad: [
    { sql: 'ALTER TABLE orders DETACH PARTITION orders_2019', at: 'DETACH PARTITION orders_2019' },
    { sql: 'ALTER TABLE orders DETACH PARTITION orders_2019', pg: 13, at: 'DETACH PARTITION orders_2019' },
  ],
  good: [
    'ALTER TABLE orders DETACH PARTITION orders_2019 CONCURRENTLY',
    'ALTER TABLE orders DETACH PARTITION orders_2019 FINALIZE',
    'CREATE TABLE a (n int) PARTITION BY LIST (n); CREATE TABLE b PARTITION OF a DEFAULT; ALTER TABLE a DETACH PARTITION b',
  ],
  on: ['AT_DetachPartition'],
  *check(context) {
    for (const { table, node, at } of oldCommands(context, 'AT_DetachPartition')) {
      if (as(node.def, 'PartitionCmd')?.concurrent) continue;
      const possible = context.pg >= 14 && table.defaultPartition === null;
      yield {
        message: `All of ${qualified(table)} is locked against reads and writes.`,
        at,
        fix: possible ? noTransaction(edited(context, [{ start: at.end, end: at.end, to: ' CONCURRENTLY' }])) : null,
      };
    }
  },
};
