import { oldRelation } from '../context.ts';
import { hasKey } from '../impossible.ts';
import { as } from '../nodes.ts';
import { qualified } from '../names.ts';
import { withWords } from '../rewrite.ts';
import type { Rule } from '../rule.ts';

export const refreshMatviewNonConcurrent: Rule = {
  id: 'refresh-matview-non-concurrent',
  severity: 'warning',
  scales: true,
  summary: 'REFRESH MATERIALIZED VIEW without CONCURRENTLY.',
  why: 'Nobody can read the view while its query runs. CONCURRENTLY lets readers go on with the old rows.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads of the view while its query runs',
  work: ['rewrite'],
  versions: 'CONCURRENTLY needs a unique index on columns of the view, without WHERE.',
  bad: ['REFRESH MATERIALIZED VIEW totals', 'REFRESH MATERIALIZED VIEW shop.totals WITH NO DATA'],
  good: [
    'REFRESH MATERIALIZED VIEW CONCURRENTLY totals',
    'CREATE MATERIALIZED VIEW totals AS SELECT 1 AS n WITH NO DATA; REFRESH MATERIALIZED VIEW totals',
  ],
  on: ['RefreshMatViewStmt'],
  *check(context) {
    const refresh = as(context.node, 'RefreshMatViewStmt');
    const view = refresh && oldRelation(context, refresh.relation);
    if (!view || refresh.concurrent) return;
    const fails = refresh.skipData || (view.kind === 'matview' && !hasKey(context.world, view));
    const fix = fails ? null : withWords(context, ['MATERIALIZED', 'VIEW'], 'CONCURRENTLY');
    yield { message: `Nobody can read ${qualified(view)} until it is refreshed.`, fix };
  },
};
