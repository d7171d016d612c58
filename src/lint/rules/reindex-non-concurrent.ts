import { isOld, oldRelation } from '../context.ts';
import { as, isOn, nameOf, optionOf } from '../nodes.ts';
import { edited, noTransaction } from '../rewrite.ts';
import { itemAt, wordsAt } from '../places.ts';
import type { Context, Rule } from '../rule.ts';

const kinds = {
  REINDEX_OBJECT_INDEX: 'INDEX',
  REINDEX_OBJECT_TABLE: 'TABLE',
  REINDEX_OBJECT_SCHEMA: 'SCHEMA',
  REINDEX_OBJECT_DATABASE: 'DATABASE',
} as const;

export const reindexNonConcurrent: Rule = {
  id: 'reindex-non-concurrent',
  severity: 'error',
  scales: true,
  fixable: true,
  summary: 'REINDEX without CONCURRENTLY.',
  why: 'The index itself is locked against everything while it is built. Planning a query opens every index of its tables, so reads wait too, although only the index is locked.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'writes to the table, and queries that plan with the index, until it is built',
  work: ['index build'],
  versions: 'CONCURRENTLY exists from PostgreSQL 12 on; REINDEX SYSTEM has no such form.',
  bad: ['REINDEX TABLE orders', 'REINDEX (CONCURRENTLY false, VERBOSE) INDEX orders_by_day', 'REINDEX SCHEMA shop'],
  good: [
    'REINDEX TABLE CONCURRENTLY orders',
    'REINDEX (CONCURRENTLY) INDEX orders_by_day',
    'CREATE TABLE orders (id bigint PRIMARY KEY); REINDEX TABLE orders',
    'REINDEX SYSTEM shop',
  ],
  on: ['ReindexStmt'],
  *check(context) {
    const reindex = as(context.node, 'ReindexStmt');
    const kind = reindex?.kind && (kinds as Partial<Record<typeof reindex.kind, string>>)[reindex.kind];
    if (!reindex || kind === undefined || isOn(optionOf(reindex.params, 'concurrently'))) return;
    if (kind === 'TABLE' && !oldRelation(context, reindex.relation)) return;
    if (kind === 'INDEX' && reindex.relation) {
      const index = context.world.findIndex(nameOf(reindex.relation));
      if (index && !isOld(context, context.world.byKey(index.table))) return;
    }
    const message = 'Rebuilding in place blocks writes, and reads that plan with the index, until it is done.';
    yield { message, fix: context.pg < 12 ? null : concurrently(context, kind) };
  },
};

function concurrently(context: Context, kind: string): string | null {
  const option =
    as(context.node, 'ReindexStmt')?.params && optionOf(as(context.node, 'ReindexStmt')?.params, 'concurrently');
  const place = wordsAt(context.statement, [kind]);
  if (!place) return null;
  if (!option) return noTransaction(edited(context, [{ start: place.end, end: place.end, to: ' CONCURRENTLY' }]));
  const item = itemAt(context.statement, context.statement.index(option.location ?? 0));
  return noTransaction(edited(context, [{ ...item, to: 'CONCURRENTLY' }]));
}
