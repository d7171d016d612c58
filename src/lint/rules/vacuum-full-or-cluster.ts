import { oldRelation } from '../context.ts';
import { all, as, isOn, optionOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { readsAndWrites } from '../words.ts';

export const vacuumFullOrCluster: Rule = {
  id: 'vacuum-full-or-cluster',
  severity: 'error',
  scales: true,
  summary: 'VACUUM FULL or CLUSTER.',
  why: 'The table and its indexes are rewritten under a lock against everything. A plain VACUUM makes the space usable again; pg_repack and pg_squeeze give it back while the table is used.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['rewrite'],
  versions: 'PostgreSQL 19 has REPACK (CONCURRENTLY).',
  bad: ['VACUUM FULL orders', 'VACUUM (FULL true, ANALYZE) orders', 'CLUSTER orders USING orders_by_day', 'CLUSTER'],
  good: [
    'VACUUM orders',
    'VACUUM (FULL off, ANALYZE) orders',
    'ALTER TABLE orders CLUSTER ON orders_by_day',
    'CREATE TABLE orders (id int); VACUUM FULL orders',
  ],
  on: ['VacuumStmt', 'ClusterStmt'],
  *check(context) {
    const message = 'It is rewritten while it is locked against reads and writes.';
    const vacuum = as(context.node, 'VacuumStmt');
    const tables = all(vacuum?.rels, 'VacuumRelation');
    if (vacuum?.is_vacuumcmd && isOn(optionOf(vacuum.options, 'full')))
      if (tables.length === 0 || tables.some(({ relation }) => oldRelation(context, relation))) yield { message };
    const cluster = as(context.node, 'ClusterStmt');
    if (cluster && (!cluster.relation || oldRelation(context, cluster.relation))) yield { message };
  },
};
