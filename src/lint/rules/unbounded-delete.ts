import { oldRelation } from '../context.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { isTautology, writingKinds, written } from '../unbounded.ts';

export const unboundedDelete: Rule = {
  id: 'unbounded-delete',
  severity: 'warning',
  scales: true,
  summary: 'A DELETE of all rows.',
  why: 'Every row stays locked until the transaction ends, foreign keys are looked up for each, and the space is free only after VACUUM. Batches by key, each committed, or dropping a partition, do the same unnoticed.',
  lock: 'ROW EXCLUSIVE',
  blocks: 'writers of the same rows, which are all rows, until it commits',
  bad: ['DELETE FROM sessions', 'DELETE FROM sessions WHERE true', 'DELETE FROM sessions WHERE id = id OR 1 = 2'],
  good: [
    "DELETE FROM sessions WHERE seen < now() - interval '1 year'",
    'DELETE FROM sessions WHERE id IN (SELECT id FROM sessions LIMIT 1000)',
    'CREATE TABLE sessions (id int); DELETE FROM sessions',
    'CREATE TEMP TABLE loaded (id int); DELETE FROM loaded',
  ],
  on: writingKinds,
  *check(context) {
    for (const { relation, whereClause } of written(context.node, 'DeleteStmt')) {
      const table = oldRelation(context, relation);
      if (table && isTautology(whereClause))
        yield { message: `It deletes every row, and all stay locked in ${qualified(table)} until it commits.` };
    }
  },
};
