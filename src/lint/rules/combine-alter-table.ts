import { isOld } from '../context.ts';
import { qualified } from '../names.ts';
import { as } from '../nodes.ts';
import { didBefore, transactionStart } from '../outline.ts';
import type { Context, Rule } from '../rule.ts';
import type { Statement } from '../statement.ts';
import { keyOf, type Relation } from '../world/objects.ts';

export const combineAlterTable: Rule = {
  id: 'combine-alter-table',
  severity: 'info',
  optIn: true,
  summary: 'Several ALTER TABLE of one table in one transaction.',
  why: 'Each may scan the table again. The actions of one ALTER TABLE share a scan.',
  lock: null,
  blocks: null,
  bad: [
    {
      sql: 'BEGIN; ALTER TABLE users ADD a int; ALTER TABLE users ADD b int; COMMIT',
      at: 'ALTER TABLE users ADD b int',
    },
    {
      sql: 'ALTER TABLE users ADD a int; SELECT 1; ALTER TABLE public.users DROP b',
      transaction: 'file',
      at: 'ALTER TABLE public.users DROP b',
    },
  ],
  good: [
    'ALTER TABLE users ADD a int; ALTER TABLE users ADD b int',
    'BEGIN; ALTER TABLE users ADD a int, ADD b int; ALTER TABLE orders ADD c int; COMMIT',
    'BEGIN; ALTER TABLE users ADD a int; COMMIT; BEGIN; ALTER TABLE users ADD b int; COMMIT',
  ],
  on: ['AlterTableStmt'],
  *check(context) {
    const [first] = context.commands;
    if (!first || !isOld(context, first.table)) return;
    const before = isAlteredBefore(context, first.table);
    if (before)
      yield { message: `${qualified(first.table)} was altered in this transaction before: one statement can do both.` };
  },
};

function isAlteredBefore(context: Context, table: Relation): boolean {
  const { transaction, statement, world } = context;
  if (transaction === null) return false;
  const inBlock = transaction.by === 'block';
  const isSame = ({ node, block }: Statement) => {
    const relation = as(node, 'AlterTableStmt')?.relation;
    return (
      relation !== undefined &&
      keyOf(world.relation(relation)) === keyOf(table) &&
      (!inBlock || block === statement.block)
    );
  };
  return didBefore(context, ['alters', table.name], isSame, inBlock ? 0 : transactionStart(context));
}
