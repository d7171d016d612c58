import { longWork } from '../long-work.ts';
import type { Context, Rule } from '../rule.ts';
import { listed } from '../words.ts';

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
  *check(context) {
    const work = context.transaction === null ? null : longWork(context);
    const held = work === null ? [] : strongLocks(context);
    const [first] = held;
    if (work === null || first === undefined) return;
    yield {
      message: `${some([...new Set(held.map(({ relation }) => relation.replace(/^public\./u, '')))])} stays locked while ${work} runs.`,
      lock: held.find(({ mode }) => mode === 'ACCESS EXCLUSIVE')?.mode ?? first.mode,
    };
  },
};

const strongLocks = ({ world }: Context) =>
  [...world.session.locks].filter(({ kind }) => kind !== 'view' && kind !== 'sequence');

const MOST = 5;

const some = (names: readonly string[]): string =>
  names.length > MOST ? listed([...names.slice(0, MOST), `${String(names.length - MOST)} more`]) : listed(names);
