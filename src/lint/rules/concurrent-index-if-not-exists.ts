import { earlier, oldRelation } from '../context.ts';
import { quoted } from '../names.ts';
import { as } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { objectName } from '../world/drop.ts';

export const concurrentIndexIfNotExists: Rule = {
  id: 'concurrent-index-if-not-exists',
  severity: 'info',
  optIn: true,
  summary: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS.',
  why: 'A build that failed leaves an invalid index of the name behind. IF NOT EXISTS finds it, does nothing and reports success: the index is kept up to date by every write and used by no query.',
  lock: null,
  blocks: null,
  bad: [
    'CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (day)',
    'DROP INDEX CONCURRENTLY IF EXISTS other; CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (day)',
  ],
  good: [
    'DROP INDEX CONCURRENTLY IF EXISTS i; CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (day)',
    'CREATE INDEX CONCURRENTLY i ON orders (day)',
    'CREATE INDEX IF NOT EXISTS i ON orders (day)',
    'CREATE TABLE orders (day date); CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (day)',
  ],
  on: ['IndexStmt'],
  *check(context) {
    const index = as(context.node, 'IndexStmt');
    const name = index?.idxname;
    if (!index?.concurrent || !index.if_not_exists || name === undefined || !oldRelation(context, index.relation))
      return;
    const dropped = earlier(context).some(({ node }) => {
      const drop = as(node, 'DropStmt');
      return (
        drop?.removeType === 'OBJECT_INDEX' && (drop.objects ?? []).some((object) => objectName(object).name === name)
      );
    });
    if (dropped) return;
    const first = `DROP INDEX CONCURRENTLY IF EXISTS ${quoted(name)};`;
    yield {
      message: `If a build of ${name} failed before, this keeps the invalid index.`,
      fix: `${first}\n${context.statement.text};`,
    };
  },
};
