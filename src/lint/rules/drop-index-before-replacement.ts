import { later } from '../context.ts';
import { as } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { objectName } from '../world/drop.ts';

export const dropIndexBeforeReplacement: Rule = {
  id: 'drop-index-before-replacement',
  severity: 'info',
  optIn: true,
  summary: 'An index is dropped before the one that replaces it is built.',
  why: 'Until the new index is built, queries run without any. Build it under another name, drop the old one, and rename.',
  lock: null,
  blocks: null,
  bad: [
    {
      sql: 'DROP INDEX CONCURRENTLY i; CREATE INDEX CONCURRENTLY i ON orders (day, id)',
      at: 'DROP INDEX CONCURRENTLY i',
    },
    { sql: 'DROP INDEX i; SELECT 1; CREATE INDEX CONCURRENTLY i ON orders (day)', at: 'DROP INDEX i' },
  ],
  good: [
    'CREATE INDEX CONCURRENTLY i2 ON orders (day); DROP INDEX CONCURRENTLY i; ALTER INDEX i2 RENAME TO i',
    'DROP INDEX CONCURRENTLY i; CREATE INDEX CONCURRENTLY j ON orders (day)',
    'DROP INDEX CONCURRENTLY IF EXISTS i; CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (day)',
  ],
  on: ['DropStmt'],
  *check(context) {
    const drop = as(context.node, 'DropStmt');
    if (drop?.removeType !== 'OBJECT_INDEX') return;
    const names = (drop.objects ?? []).map((object) => objectName(object).name);
    const rebuilt = later(context).some(({ node }) => {
      const index = as(node, 'IndexStmt');
      const cleansUp = drop.missing_ok && index?.if_not_exists;
      return index?.concurrent === true && !cleansUp && names.includes(index.idxname ?? '');
    });
    if (rebuilt) yield { message: 'Queries run without this index until the one that replaces it is built.' };
  },
};
