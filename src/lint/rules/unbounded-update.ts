import type { UpdateStmt } from '@pgsql/types';
import { oldRelation } from '../context.ts';
import { all, conjuncts, contains } from '../nodes.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import {
  boundsRows,
  columnsAskedNull,
  isTautology,
  joinsItself,
  listsItself,
  writingKinds,
  written,
} from '../unbounded.ts';

export const unboundedUpdate: Rule = {
  id: 'unbounded-update',
  severity: 'warning',
  scales: true,
  summary: 'An UPDATE of all rows, or of all that have no value yet.',
  why: 'Every row stays locked until the transaction ends, so that writers pile up behind it; each gets a second version that VACUUM can not remove before that; replicas lag behind the WAL. Batches of a few thousand by key, each committed, do the same unnoticed.',
  lock: 'ROW EXCLUSIVE',
  blocks: 'writers of the same rows, which are all rows, until it commits',
  bad: [
    "UPDATE users SET plan = 'free'",
    'UPDATE users SET plan = lower(plan) WHERE true AND 1 = 1',
    "UPDATE users SET plan = 'free' WHERE plan IS NULL",
    'UPDATE users SET plan = old.plan FROM users old WHERE users.id = old.id',
    "UPDATE users SET plan = 'free' WHERE plan IS NULL AND deleted_at IS NULL",
    "WITH changed AS (UPDATE users SET plan = 'free' RETURNING id) SELECT count(*) FROM changed",
  ],
  good: [
    "UPDATE users SET plan = 'free' WHERE id = 7",
    "UPDATE users SET plan = 'free' WHERE plan IS NULL AND id BETWEEN 1 AND 1000",
    "UPDATE users SET plan = 'free' WHERE id IN (SELECT id FROM users WHERE plan IS NULL LIMIT 1000)",
    "CREATE TABLE users (plan text); UPDATE users SET plan = 'free'",
    'UPDATE users SET plan = plans.name FROM plans WHERE users.plan_id = plans.id',
    `WITH batch AS (SELECT id FROM users WHERE plan IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED)
     UPDATE users SET plan = 'free' FROM batch WHERE users.id = batch.id AND users.plan IS NULL`,
  ],
  on: writingKinds,
  *check(context) {
    for (const update of written(context.node, 'UpdateStmt')) {
      const table = oldRelation(context, update.relation);
      const why = table && whyUnbounded(update, table.name);
      if (table && why) yield { message: `${why}, and all stay locked in ${qualified(table)} until it commits.` };
    }
  },
};

function whyUnbounded(update: UpdateStmt, table: string): string | null {
  const { whereClause: condition, fromClause, targetList, withClause } = update;
  if (withClause && contains(withClause, 'SelectStmt', ({ limitCount }) => limitCount !== undefined)) return null;
  if (isTautology(condition)) return 'It changes every row';
  if (joinsItself(table, fromClause, condition)) return 'It joins the table with itself and changes every row';
  const set = all(targetList, 'ResTarget').map(({ name }) => name ?? '');
  const conditions = conjuncts(condition).filter((one) => !listsItself(one, table));
  const fills =
    conditions.length < conjuncts(condition).length ||
    columnsAskedNull(condition).some((column) => set.includes(column));
  return fills && !conditions.some(boundsRows) ? 'It changes every row that has no value yet' : null;
}
