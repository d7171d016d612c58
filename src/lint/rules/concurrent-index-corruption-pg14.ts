import { as, isOn, optionOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const concurrentIndexCorruptionPg14: Rule = {
  id: 'concurrent-index-corruption-pg14',
  severity: 'error',
  optIn: true,
  summary: 'CREATE INDEX or REINDEX CONCURRENTLY on PostgreSQL 14.0 to 14.3.',
  why: 'Those versions can lose rows from an index that is built while the table is written to, and say nothing. Upgrade to 14.4 or later, and rebuild what was built before.',
  lock: null,
  blocks: null,
  versions: '14.0 to 14.3 only.',
  bad: [
    { sql: 'CREATE INDEX CONCURRENTLY i ON orders (day)', pg: 14 },
    { sql: 'REINDEX TABLE CONCURRENTLY orders', pg: 14 },
  ],
  good: [
    { sql: 'CREATE INDEX CONCURRENTLY i ON orders (day)', pg: 15 },
    { sql: 'CREATE INDEX i ON orders (day)', pg: 14 },
  ],
  on: ['IndexStmt', 'ReindexStmt'],
  *check({ node, pg }) {
    const concurrent =
      as(node, 'IndexStmt')?.concurrent ?? isOn(optionOf(as(node, 'ReindexStmt')?.params, 'concurrently'));
    if (pg === 14 && concurrent) yield { message: 'Before 14.4 rows may be missing from this index.' };
  },
};
