import { as } from '../nodes.ts';
import { withoutWords } from '../rewrite.ts';
import type { Rule } from '../rule.ts';

export const setLocalOutsideTransaction: Rule = {
  id: 'set-local-outside-transaction',
  severity: 'error',
  summary: 'SET LOCAL or SET TRANSACTION outside a transaction.',
  why: 'PostgreSQL warns and does nothing: the timeout that was to protect the next statement is not in force.',
  lock: null,
  blocks: null,
  bad: [
    "SET LOCAL lock_timeout = '2s'",
    { sql: "SET LOCAL lock_timeout = '2s'; ALTER TABLE users ADD a int", at: "SET LOCAL lock_timeout = '2s'" },
    'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE',
    "BEGIN; COMMIT; SET LOCAL statement_timeout = '1min'",
  ],
  good: [
    "BEGIN; SET LOCAL lock_timeout = '2s'; COMMIT",
    { sql: "SET LOCAL lock_timeout = '2s'", transaction: 'file' },
    "SET lock_timeout = '2s'",
    'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY',
    'BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; COMMIT',
  ],
  on: ['VariableSetStmt'],
  *check(context) {
    const set = as(context.node, 'VariableSetStmt');
    if (!set || context.transaction !== null) return;
    const ofTransaction = set.kind === 'VAR_SET_MULTI' && set.name === 'TRANSACTION';
    if (ofTransaction || set.is_local)
      yield {
        message: 'There is no transaction here: this has no effect.',
        fix: ofTransaction ? null : withoutWords(context, ['LOCAL']),
      };
  },
};
