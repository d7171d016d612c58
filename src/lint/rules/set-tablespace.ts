import type { AlterTableCmd, RangeVar } from '@pgsql/types';
import { isOld, oldCommands, oldRelation } from '../context.ts';
import { all, as, nameOf } from '../nodes.ts';
import { qualified, quoted } from '../names.ts';
import { noTransaction } from '../rewrite.ts';
import type { Context, Report, Rule } from '../rule.ts';
import { readsAndWrites } from '../words.ts';

export const setTablespace: Rule = {
  id: 'set-tablespace',
  severity: 'error',
  scales: true,
  fixable: true,
  summary: 'A table or index moves to another tablespace.',
  why: 'All of it is copied under a lock against everything. For an index REINDEX (TABLESPACE …) CONCURRENTLY does it beside the work, for a table pg_repack.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['rewrite'],
  versions: 'REINDEX (TABLESPACE …) from PostgreSQL 14 on.',
  bad: [
    { sql: 'ALTER TABLE orders SET TABLESPACE fast', at: 'SET TABLESPACE fast' },
    'ALTER INDEX orders_by_day SET TABLESPACE fast',
    'ALTER TABLE ALL IN TABLESPACE slow SET TABLESPACE fast',
    'ALTER MATERIALIZED VIEW totals SET TABLESPACE fast',
  ],
  good: [
    'CREATE TABLE orders (id int); ALTER TABLE orders SET TABLESPACE fast',
    'REINDEX (TABLESPACE fast) INDEX CONCURRENTLY orders_by_day',
    { sql: 'ALTER TABLE orders SET TABLESPACE fast', schema: 'CREATE TABLE orders (id int) PARTITION BY HASH (id)' },
    'CREATE TABLE orders (id int); CREATE INDEX i ON orders (id); ALTER INDEX i SET TABLESPACE fast',
  ],
  on: ['AT_SetTableSpace', 'AlterTableMoveAllStmt'],
  *check(context) {
    for (const { table, at } of oldCommands(context, 'AT_SetTableSpace'))
      if (table.kind !== 'partitioned') yield { message: copied(qualified(table)), at };
    if (as(context.node, 'AlterTableMoveAllStmt')) yield { message: copied('Everything in the tablespace') };
    const alter = as(context.node, 'AlterTableStmt');
    const move = all(alter?.cmds, 'AlterTableCmd').find(({ subtype }) => subtype === 'AT_SetTableSpace');
    if (!alter?.relation || !move) return;
    if (alter.objtype === 'OBJECT_INDEX') yield* ofIndex(context, alter.relation, move);
    if (alter.objtype === 'OBJECT_MATVIEW' && oldRelation(context, alter.relation))
      yield { message: copied(nameOf(alter.relation).name) };
  },
};

const copied = (what: string): string => `${what} is copied while it is locked against reads and writes.`;

function* ofIndex(context: Context, relation: RangeVar, { name = '' }: AlterTableCmd): Generator<Report> {
  const index = context.world.findIndex(nameOf(relation));
  if (index && (!isOld(context, index) || context.world.byKey(index.table).kind === 'partitioned')) return;
  const { schema, name: indexName } = nameOf(relation);
  const target = qualified({ schema: schema ?? 'public', name: indexName });
  yield {
    message: copied(indexName),
    fix: context.pg < 14 ? null : noTransaction(`REINDEX (TABLESPACE ${quoted(name)}) INDEX CONCURRENTLY ${target};`),
  };
}
