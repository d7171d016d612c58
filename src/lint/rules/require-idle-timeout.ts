import { isFirstDdl } from '../ddl.ts';
import type { Rule } from '../rule.ts';

export const requireIdleTimeout: Rule = {
  id: 'require-idle-timeout',
  severity: 'info',
  optIn: true,
  fixable: true,
  summary: 'No idle_in_transaction_session_timeout.',
  why: 'A runner that dies or hangs inside a transaction keeps its locks until the server notices. The timeout ends the session instead.',
  lock: null,
  blocks: null,
  bad: [
    'ALTER TABLE users ADD COLUMN a int',
    {
      sql: 'SET lock_timeout = 1000; CREATE TABLE users (id int); DROP TABLE users',
      at: 'CREATE TABLE users (id int)',
    },
  ],
  good: [
    "SET idle_in_transaction_session_timeout = '1min'; ALTER TABLE users ADD COLUMN a int",
    'UPDATE users SET a = 1 WHERE id = 1',
  ],
  on: 'any',
  *check(context) {
    const isSet = context.world.session.setting('idle_in_transaction_session_timeout') !== null;
    if (!isSet && isFirstDdl(context))
      yield {
        message: 'If the runner hangs inside a transaction, its locks stay.',
        fix: `SET idle_in_transaction_session_timeout = '1min';\n${context.statement.text};`,
      };
  },
};
