import { blocked } from '../ddl.ts';
import { lockingKinds } from '../locks.ts';
import type { Rule } from '../rule.ts';
import { milliseconds } from '../world/settings.ts';

export const requireStatementTimeout: Rule = {
  id: 'require-statement-timeout',
  severity: 'info',
  scales: true,
  optIn: true,
  summary: 'DDL on a table in use without a statement_timeout.',
  why: 'A statement that turns out to scan or rewrite the table holds its lock for as long as that takes, and nothing stops it.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of the table until it is done',
  bad: [
    'ALTER TABLE users ALTER a TYPE bigint',
    'CREATE INDEX i ON users (a)',
    "SET lock_timeout = '2s'; ALTER TABLE users ADD CHECK (a > 0)",
  ],
  good: [
    "SET statement_timeout = '30s'; ALTER TABLE users ALTER a TYPE bigint",
    'CREATE INDEX CONCURRENTLY i ON users (a)',
    'ALTER TABLE users VALIDATE CONSTRAINT c',
    'CREATE TABLE users (id int); CREATE INDEX i ON users (id)',
  ],
  on: lockingKinds,
  *check(context) {
    const timed = milliseconds(context.world.session.setting('statement_timeout')) > 0;
    const table = timed ? null : blocked(context);
    if (table !== null)
      yield {
        message: `Nothing stops it if it holds ${table.table} for long.`,
        lock: table.mode,
        fix: `SET statement_timeout = '30s';\n${context.statement.text};`,
      };
  },
};
