import { blocked } from '../ddl.ts';
import { lockingKinds } from '../locks.ts';
import type { Context, Rule } from '../rule.ts';
import { milliseconds } from '../world/settings.ts';

export const requireLockTimeout: Rule = {
  id: 'require-lock-timeout',
  severity: 'error',
  optIn: true,
  fixable: true,
  summary: 'DDL on a table in use without a lock_timeout.',
  why: 'While it waits for its lock, behind any long query or idle transaction, everybody who comes later waits behind it, readers too. This is the most common outage of all. With a lock_timeout it gives up after seconds, and can be tried again.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of the table, for as long as it waits for its lock',
  bad: [
    'ALTER TABLE users ADD COLUMN a int',
    {
      sql: "SET LOCAL lock_timeout = '2s'; ALTER TABLE users ADD COLUMN a int",
      at: 'ALTER TABLE users ADD COLUMN a int',
    },
    "SET lock_timeout = '2s'; RESET lock_timeout; DROP TABLE users",
    "BEGIN; SET LOCAL lock_timeout = '2s'; COMMIT; CREATE INDEX i ON users (a)",
    'CREATE TABLE orders (user_id int REFERENCES users)',
    'SET lock_timeout = 0; ALTER TABLE users DROP COLUMN a',
  ],
  good: [
    "SET lock_timeout = '2s'; ALTER TABLE users ADD COLUMN a int",
    'BEGIN; SET LOCAL lock_timeout = 2000; ALTER TABLE users ADD COLUMN a int; COMMIT',
    "SELECT set_config('lock_timeout', '2s', false); ALTER TABLE users ADD COLUMN a int",
    'CREATE TABLE users (id int); ALTER TABLE users ADD COLUMN a int',
    'CREATE INDEX CONCURRENTLY i ON users (a)',
  ],
  on: lockingKinds,
  *check(context) {
    const table = isTimed(context) ? null : blocked(context);
    if (table === null) return;
    yield {
      message: `Without a lock_timeout it waits for ${table.table} as long as it takes, and everybody else behind it.`,
      lock: table.mode,
      fix: `SET lock_timeout = '2s';\n${context.statement.text};`,
    };
  },
};

const isTimed = ({ world }: Context): boolean => milliseconds(world.session.setting('lock_timeout')) > 0;
