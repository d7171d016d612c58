import { isOld, oldRelation } from '../context.ts';
import { as } from '../nodes.ts';
import { qualified, quoted } from '../names.ts';
import { wordsAt } from '../places.ts';
import { noTransaction, withWords, written } from '../rewrite.ts';
import type { Context, Rule } from '../rule.ts';
import { writes } from '../words.ts';
import type { Relation } from '../world/objects.ts';

export const createIndexNonConcurrent: Rule = {
  id: 'create-index-non-concurrent',
  severity: 'error',
  scales: true,
  fixable: true,
  summary: 'CREATE INDEX without CONCURRENTLY on a table that is in use.',
  why: 'The SHARE lock is held for the whole build: nothing can insert, update or delete meanwhile, and those who wait keep connections and locks of their own.',
  lock: 'SHARE',
  blocks: writes,
  work: ['index build'],
  versions: 'On a partitioned table CONCURRENTLY does not exist: index the partitions one by one.',
  bad: [
    'CREATE INDEX orders_by_day ON orders (day)',
    'CREATE TABLE staging.orders (day date); CREATE INDEX orders_by_day ON orders (day)',
    {
      sql: 'DO $$ BEGIN CREATE INDEX orders_by_day ON orders (day); END $$',
      at: 'CREATE INDEX orders_by_day ON orders (day)',
    },
    {
      sql: 'CREATE UNIQUE INDEX orders_by_day ON orders (day, id)',
      schema:
        'CREATE TABLE orders (id bigint, day date) PARTITION BY RANGE (day); CREATE TABLE orders_1 PARTITION OF orders DEFAULT',
    },
    'BEGIN; CREATE TABLE orders (day date); ROLLBACK; CREATE INDEX orders_by_day ON orders (day)',
  ],
  good: [
    'CREATE INDEX CONCURRENTLY orders_by_day ON orders (day)',
    'CREATE TABLE orders (day date); CREATE INDEX orders_by_day ON public.orders (day)',
    'CREATE TABLE fresh AS SELECT 1 AS a; ALTER TABLE fresh RENAME TO newer; CREATE INDEX ON newer (a)',
    {
      sql: 'CREATE INDEX orders_by_day ON ONLY orders (day)',
      schema: 'CREATE TABLE orders (id bigint, day date) PARTITION BY RANGE (day)',
    },
    'CREATE MATERIALIZED VIEW totals AS SELECT 1 AS n; CREATE UNIQUE INDEX ON totals (n)',
  ],
  on: ['IndexStmt'],
  *check(context) {
    const index = as(context.node, 'IndexStmt');
    if (!index || index.concurrent || !index.relation) return;
    const table = context.world.relation(index.relation);
    if (index.if_not_exists && context.world.findIndex({ schema: table.schema, name: index.idxname ?? '' })) return;
    const onlyParent = index.relation.inh !== true;
    if (onlyParent && (table.kind === 'partitioned' || !table.complete)) return;
    const partitions = onlyParent ? [] : table.partitions.map((key) => context.world.byKey(key));
    const old = oldRelation(context, index.relation) ?? partitions.find((partition) => isOld(context, partition));
    if (!old) return;
    const message = `Building this index blocks writes to ${qualified(old)} until it is built.`;
    yield {
      message,
      fix: table.kind === 'partitioned' ? partByPart(context, table, index.idxname) : concurrently(context),
    };
  },
};

function concurrently(context: Context): string | null {
  const fix = withWords(context, ['INDEX'], 'CONCURRENTLY');
  return fix === null ? null : noTransaction(fix);
}

/** An index of the parent alone is not valid until one of each partition is attached. */
function partByPart(context: Context, table: Relation, name: string | undefined): string | null {
  const on = wordsAt(context.statement, ['ON']);
  const using = wordsAt(context.statement, ['(']);
  if (!on || !using || name === undefined) return null;
  const definition = written(context, { start: using.start, end: context.statement.end });
  const unique = as(context.node, 'IndexStmt')?.unique ? 'UNIQUE ' : '';
  const parts = table.partitions.map((key) => context.world.byKey(key));
  return [
    `CREATE ${unique}INDEX ${quoted(name)} ON ONLY ${qualified(table)} ${definition};`,
    ...parts.flatMap((part) => [
      `CREATE ${unique}INDEX CONCURRENTLY ${quoted(`${name}_${part.name}`)} ON ${qualified(part)} ${definition};`,
      `ALTER INDEX ${quoted(name)} ATTACH PARTITION ${quoted(`${name}_${part.name}`)};`,
    ]),
  ].join('\n');
}
