import type { Rule } from '../rule.ts';

export const opaqueDynamicSql: Rule = {
  id: 'opaque-dynamic-sql',
  severity: 'info',
  optIn: true,
  summary: 'EXECUTE of a string that a DO block makes.',
  why: 'What it says is known only when it runs, so that nothing here can judge it.',
  lock: null,
  blocks: null,
  bad: [
    {
      sql: "DO $$ BEGIN EXECUTE format('DROP TABLE %I', current_user); END $$",
      at: "format('DROP TABLE %I', current_user)",
    },
    {
      sql: "DO $$ DECLARE r record; BEGIN FOR r IN SELECT 1 AS q LOOP EXECUTE 'SELECT ' || r.q; END LOOP; END $$",
      at: "'SELECT ' || r.q",
    },
  ],
  good: [
    "DO $$ BEGIN EXECUTE 'SELECT 1'; END $$",
    'DO $$ BEGIN PERFORM 1; END $$',
    "DO $$ DECLARE t CONSTANT text := 'orders'; BEGIN EXECUTE format('ANALYZE %I', t); END $$",
  ],
  on: ['DoStmt'],
  *check({ statement }) {
    if (statement.opaque) yield { message: 'What this runs can not be judged before it does.' };
  },
};
