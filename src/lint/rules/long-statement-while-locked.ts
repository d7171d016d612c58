import { longKinds, longWork } from '../long-work.ts';
import type { Context, Rule } from '../rule.ts';
import { listed } from '../words.ts';
import type { LockMode } from '../world/lock-mode.ts';

export const longStatementWhileLocked: Rule = {
  id: 'long-statement-while-locked',
  severity: 'error',
  summary: 'Long work in a transaction that holds a strong lock.',
  why: 'A lock is held until the transaction ends. A change of the schema that takes a moment becomes an outage as long as the work that follows it: ALTER TABLE and then a backfill is the classic.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'whatever the earlier lock blocks, for as long as this takes',
  bad: [
    {
      sql: "BEGIN; ALTER TABLE users ADD plan text; UPDATE users SET plan = 'free' WHERE plan_id = 1; COMMIT",
      at: "UPDATE users SET plan = 'free' WHERE plan_id = 1",
    },
    { sql: 'ALTER TABLE users ADD plan text; CREATE INDEX ON orders (day)', transaction: 'file' },
    {
      sql: 'BEGIN; ALTER TABLE users DROP COLUMN a; CREATE TABLE old AS SELECT * FROM orders; COMMIT',
      at: 'CREATE TABLE old AS SELECT * FROM orders',
    },
    {
      sql: 'DO $$ BEGIN ALTER TABLE users ADD plan text; DELETE FROM orders WHERE day < now(); END $$',
      at: 'DELETE FROM orders WHERE day < now()',
    },
  ],
  good: [
    "ALTER TABLE users ADD plan text; UPDATE users SET plan = 'free' WHERE plan_id = 1",
    'BEGIN; CREATE TABLE a (id int); ALTER TABLE a ADD b int; INSERT INTO a SELECT id FROM users; COMMIT',
    'BEGIN; ALTER TABLE users ADD plan text; INSERT INTO versions VALUES (7); UPDATE settings SET v = 1 WHERE id = 3; COMMIT',
    "BEGIN; UPDATE users SET plan = 'free' WHERE plan_id = 1; ALTER TABLE users ADD seen date; COMMIT",
    'BEGIN; SAVEPOINT a; ALTER TABLE users ADD plan text; ROLLBACK TO a; UPDATE users SET x = 1 WHERE y = 2; COMMIT',
    'BEGIN; ALTER TABLE users ALTER plan SET STATISTICS 500; DELETE FROM orders WHERE day < now(); COMMIT',
  ],
  on: longKinds,
  *check(context) {
    const work = context.transaction === null ? null : longWork(context);
    const held = work === null ? null : strongLocks(context);
    if (work === null || held === null) return;
    yield {
      message: `${listed(held.names)} ${held.names.length > 1 ? 'stay' : 'stays'} locked while ${work} runs.`,
      lock: held.mode,
    };
  },
};

const MOST = 5;

/** The first few tables that the transaction has locked, and the strongest of their locks. */
function strongLocks({ world }: Context): { readonly names: readonly string[]; readonly mode: LockMode } | null {
  const names = new Set<string>();
  let strongest: LockMode | null = null;
  for (const { relation, mode, kind } of world.session.locks) {
    if (kind === 'view' || kind === 'sequence') continue;
    if (names.size < MOST) names.add(relation.replace(/^public\./u, ''));
    else if (strongest === 'ACCESS EXCLUSIVE') return { names: [...names, 'others'], mode: strongest };
    if (strongest === null || mode === 'ACCESS EXCLUSIVE') strongest = mode;
  }
  return strongest && { names: [...names], mode: strongest };
}
