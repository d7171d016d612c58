import { as } from '../nodes.ts';
import type { Context, Rule } from '../rule.ts';

export const transactionNesting: Rule = {
  id: 'transaction-nesting',
  severity: 'warning',
  summary: 'BEGIN inside a transaction, or COMMIT and ROLLBACK without one.',
  why: 'PostgreSQL only warns. A BEGIN inside a transaction begins nothing, and the COMMIT after it ends the runner’s own: what follows, the runner’s note that the file has run included, is no longer atomic.',
  lock: null,
  blocks: null,
  bad: [
    { sql: 'BEGIN; SELECT 1; BEGIN; COMMIT', at: 'BEGIN' },
    'SELECT 1; COMMIT',
    { sql: 'SELECT 1; COMMIT', transaction: 'file' },
    { sql: 'BEGIN; SELECT 1; ROLLBACK; ROLLBACK', at: 'ROLLBACK' },
  ],
  good: [
    'BEGIN; SELECT 1; COMMIT',
    'BEGIN; SELECT 1; COMMIT AND CHAIN; SELECT 2; ROLLBACK',
    { sql: 'SAVEPOINT a; SELECT 1; ROLLBACK TO a; RELEASE a', transaction: 'file' },
    'START TRANSACTION; SAVEPOINT a; SELECT 1; RELEASE a; END',
    { sql: 'BEGIN; SELECT 1; COMMIT', transaction: 'batch' },
  ],
  on: ['TransactionStmt'],
  *check(context) {
    const message = whatIsWrong(context);
    if (message !== null) yield { message };
  },
};

function whatIsWrong({ node, transaction, wrapping, statement }: Context): string | null {
  const kind = as(node, 'TransactionStmt')?.kind;
  const begins = kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START';
  const ends = kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK';
  if ((!begins && !ends) || statement.block) return null;
  if (wrapping === 'file') return 'The runner opens and closes the transaction of this file itself.';
  const isNone = transaction === null || transaction.by === 'server';
  if (begins) return isNone ? null : 'There is a transaction already: this begins nothing.';
  return isNone ? 'There is no transaction to end here.' : null;
}
