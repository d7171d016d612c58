import { refusedInTransaction, refusedKinds } from '../no-transaction.ts';
import type { Context, Rule } from '../rule.ts';

export const notAllowedInTransaction: Rule = {
  id: 'not-allowed-in-transaction',
  severity: 'error',
  summary: 'A statement that PostgreSQL refuses inside a transaction.',
  why: 'It fails with 25001, and everything before it in the transaction is rolled back. It needs a file of its own, or whatever keeps the runner from opening a transaction around this one.',
  lock: null,
  blocks: null,
  versions: 'Before PostgreSQL 12 ALTER TYPE ADD VALUE, too.',
  bad: [
    { sql: 'CREATE INDEX CONCURRENTLY i ON orders (day)', transaction: 'file' },
    { sql: 'START TRANSACTION; DROP INDEX CONCURRENTLY i; END', at: 'DROP INDEX CONCURRENTLY i' },
    'BEGIN; SELECT 1; COMMIT AND CHAIN; VACUUM orders',
    {
      sql: 'DO $$ BEGIN CREATE INDEX CONCURRENTLY i ON orders (day); END $$',
      at: 'CREATE INDEX CONCURRENTLY i ON orders (day)',
    },
    { sql: "ALTER TYPE mood ADD VALUE 'fine'", pg: 11, transaction: 'file' },
    { sql: 'SELECT 1; ALTER SYSTEM SET work_mem = 1', transaction: 'batch' },
  ],
  good: [
    'CREATE INDEX CONCURRENTLY i ON orders (day)',
    'BEGIN; SELECT 1; ROLLBACK; CREATE INDEX CONCURRENTLY i ON orders (day)',
    { sql: "ALTER TYPE mood ADD VALUE 'fine'", transaction: 'file' },
    { sql: 'CREATE INDEX CONCURRENTLY i ON orders (day)', transaction: 'batch' },
    { sql: 'CLUSTER orders USING i; ANALYZE orders; REINDEX TABLE orders', transaction: 'file' },
  ],
  on: refusedKinds,
  *check(context) {
    const what = context.transaction === null ? null : refusedInTransaction(context);
    if (what !== null) yield { message: `${what} can not run inside ${wrapper(context)}: it fails.` };
  },
};

function wrapper({ transaction, wrapping }: Context): string {
  if (transaction?.by === 'block') return 'a DO block';
  if (transaction?.by === 'file') return 'a transaction';
  return wrapping === 'batch'
    ? 'a file that is sent as one string of several statements'
    : 'the transaction in which the file is run';
}
