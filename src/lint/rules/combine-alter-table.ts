import { earlier, endsTransaction, isOld } from '../context.ts';
import { qualified } from '../names.ts';
import { as } from '../nodes.ts';
import type { Context, Rule } from '../rule.ts';
import type { Statement } from '../statement.ts';
import { keyOf } from '../world/objects.ts';

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
    const key = keyOf(first.table);
    const before = inSameTransaction(context).some(({ node }) => {
      const alter = as(node, 'AlterTableStmt');
      return alter?.relation !== undefined && keyOf(context.world.relation(alter.relation)) === key;
    });
    if (before)
      yield { message: `${qualified(first.table)} was altered in this transaction before: one statement can do both.` };
  },
};

function inSameTransaction(context: Context): readonly Statement[] {
  if (context.transaction === null) return [];
  const before = earlier(context);
  const since = before.findLastIndex(({ node }) => endsTransaction(node));
  return context.transaction.by === 'block'
    ? before.filter(({ block }) => block === context.statement.block)
    : before.slice(since + 1);
}
