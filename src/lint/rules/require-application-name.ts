import { isFirstDdl } from '../ddl.ts';
import type { Rule } from '../rule.ts';

export const requireApplicationName: Rule = {
  id: 'require-application-name',
  severity: 'info',
  optIn: true,
  fixable: true,
  summary: 'No application_name.',
  why: 'Who looks into pg_stat_activity for what blocks everybody should find a migration by its name.',
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
    "SET application_name = 'migration'; ALTER TABLE users ADD COLUMN a int",
    'UPDATE users SET a = 1 WHERE id = 1',
  ],
  on: 'any',
  *check(context) {
    const isSet = context.world.session.setting('application_name') !== null;
    if (!isSet && isFirstDdl(context))
      yield {
        message: 'Nobody can tell in pg_stat_activity that this session is a migration.',
        fix: `SET application_name = 'migration';\n${context.statement.text};`,
      };
  },
};
