import { as } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const wideIndex: Rule = {
  id: 'wide-index',
  severity: 'info',
  optIn: true,
  summary: 'An index of more than three columns that is not unique.',
  why: 'Only queries that name the first columns use it, and each column makes every write and the cache pay.',
  lock: null,
  blocks: null,
  bad: ['CREATE INDEX CONCURRENTLY i ON orders (a, b, c, d)', 'CREATE INDEX i ON orders (a, lower(b), c, d, e)'],
  good: [
    'CREATE INDEX i ON orders (a, b, c)',
    'CREATE UNIQUE INDEX i ON orders (a, b, c, d)',
    'CREATE INDEX i ON orders (a) INCLUDE (b, c, d)',
  ],
  on: ['IndexStmt'],
  *check({ node }) {
    const index = as(node, 'IndexStmt');
    const columns = index?.indexParams?.length ?? 0;
    if (columns > 3 && !index?.unique) yield { message: `An index of ${String(columns)} columns serves few queries.` };
  },
};
