import { endsTransaction, later } from '../context.ts';
import { as } from '../nodes.ts';
import type { Context, Rule } from '../rule.ts';

export const unclosedTransaction: Rule = {
  id: 'unclosed-transaction',
  severity: 'error',
  summary: 'A transaction that the file begins and never ends.',
  why: 'Its locks are held until the connection closes, and then everything is rolled back, while the runner may have noted that the file has run.',
  lock: null,
  blocks: 'whatever the transaction has locked, until the connection closes',
  bad: [
    { sql: 'BEGIN; ALTER TABLE users ADD a int', at: 'BEGIN' },
    { sql: 'BEGIN; SELECT 1; COMMIT; START TRANSACTION; SELECT 2', at: 'START TRANSACTION' },
    { sql: 'BEGIN; SELECT 1; COMMIT AND CHAIN', at: 'COMMIT AND CHAIN' },
  ],
  good: [
    'BEGIN; ALTER TABLE users ADD a int; COMMIT',
    'BEGIN; SELECT 1; ROLLBACK',
    "BEGIN; SELECT 1; PREPARE TRANSACTION 'a'",
    'DO $$ BEGIN PERFORM 1; END $$',
  ],
  on: ['TransactionStmt'],
  *check(context) {
    if (context.wrapping === 'file' || !opens(context)) return;
    if (!later(context).some(({ node, block }) => block === null && endsTransaction(node)))
      yield {
        message: 'Nothing in this file ends this transaction: all of it is rolled back when the connection closes.',
      };
  },
};

function opens({ node, transaction }: Context): boolean {
  const statement = as(node, 'TransactionStmt');
  const begins = statement?.kind === 'TRANS_STMT_BEGIN' || statement?.kind === 'TRANS_STMT_START';
  return begins ? transaction?.by !== 'file' : statement?.chain === true && transaction !== null;
}
