import { isOld, oldRelation } from '../context.ts';
import { as, isOn, nameOf, optionOf } from '../nodes.ts';
import type { Context, Rule } from '../rule.ts';
import { milliseconds } from '../world/settings.ts';

export const concurrentIndexUnderStatementTimeout: Rule = {
  id: 'concurrent-index-under-statement-timeout',
  severity: 'warning',
  fixable: true,
  summary: 'An index is built CONCURRENTLY under a statement_timeout.',
  why: 'A build that the timeout cuts off leaves an INVALID index behind: no query uses it, every write keeps it up to date, and the next attempt finds its name taken.',
  lock: 'SHARE UPDATE EXCLUSIVE',
  blocks: 'nothing but other changes of the schema; the harm is what it leaves behind',
  bad: [
    "SET statement_timeout = '5s'; CREATE INDEX CONCURRENTLY orders_by_day ON orders (day)",
    "SELECT set_config('statement_timeout', '60000', false); REINDEX INDEX CONCURRENTLY orders_by_day",
  ],
  good: [
    "SET statement_timeout = '5s'; SET statement_timeout = 0; CREATE INDEX CONCURRENTLY orders_by_day ON orders (day)",
    "SET LOCAL statement_timeout = '5s'; CREATE INDEX CONCURRENTLY orders_by_day ON orders (day)",
    "SET lock_timeout = '5s'; CREATE INDEX CONCURRENTLY orders_by_day ON orders (day)",
    "SET statement_timeout = '5s'; RESET statement_timeout; REINDEX TABLE CONCURRENTLY orders",
  ],
  on: ['IndexStmt', 'ReindexStmt'],
  *check(context) {
    const timeout = context.world.session.setting('statement_timeout');
    if (timeout === null || milliseconds(timeout) === 0 || !buildsConcurrently(context)) return;
    yield {
      message: `If this takes longer than the statement_timeout of ${timeout}, an invalid index stays behind.`,
      fix: `SET statement_timeout = 0;\n${context.statement.text};`,
    };
  },
};

function buildsConcurrently(context: Context): boolean {
  const index = as(context.node, 'IndexStmt');
  if (index) return index.concurrent === true && oldRelation(context, index.relation) !== null;
  const reindex = as(context.node, 'ReindexStmt');
  if (!reindex || !isOn(optionOf(reindex.params, 'concurrently'))) return false;
  const known = reindex.relation && context.world.findIndex(nameOf(reindex.relation));
  return !known || isOld(context, context.world.byKey(known.table));
}
