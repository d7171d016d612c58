import { impossible } from '../impossible.ts';
import type { Rule } from '../rule.ts';
import { tooNew } from '../too-new.ts';

const partitioned = 'CREATE TABLE orders (day date, user_id int) PARTITION BY RANGE (day)';

export const unsupportedOperation: Rule = {
  id: 'unsupported-operation',
  severity: 'error',
  summary: 'A statement that is certain to fail on this server.',
  why: 'The deployment stops half-way. Outside a transaction what came before it stays, and the file can not simply be run again.',
  lock: null,
  blocks: null,
  versions: 'What each version brings is judged by the version that is given with --pg.',
  bad: [
    { sql: 'CREATE INDEX CONCURRENTLY i ON orders (day)', schema: partitioned },
    'DROP INDEX CONCURRENTLY a, b',
    'DROP INDEX CONCURRENTLY a CASCADE',
    { sql: 'DROP INDEX CONCURRENTLY users_pkey', schema: 'CREATE TABLE users (id int PRIMARY KEY)' },
    {
      sql: 'ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID',
      schema: partitioned,
      pg: 17,
      at: 'ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID',
    },
    { sql: 'REINDEX TABLE CONCURRENTLY orders', pg: 11 },
    { sql: 'ALTER TABLE orders ADD CONSTRAINT n NOT NULL day NOT VALID', pg: 17 },
    { sql: 'ALTER TABLE orders ADD total int GENERATED ALWAYS AS (1)', pg: 17 },
    { sql: 'ALTER TABLE orders ALTER total SET EXPRESSION AS (2)', pg: 16 },
    { sql: 'MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE', pg: 14 },
    { sql: 'CREATE MATERIALIZED VIEW v AS SELECT 1 AS n; REFRESH MATERIALIZED VIEW CONCURRENTLY v' },
    {
      sql: 'ALTER TABLE orders DETACH PARTITION o1 CONCURRENTLY',
      schema: `${partitioned}; CREATE TABLE rest PARTITION OF orders DEFAULT`,
      at: 'DETACH PARTITION o1 CONCURRENTLY',
    },
  ],
  good: [
    'CREATE INDEX CONCURRENTLY i ON orders (day)',
    { sql: 'ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID', schema: partitioned, pg: 18 },
    { sql: 'ALTER TABLE orders ADD CONSTRAINT n NOT NULL day NOT VALID', pg: 18 },
    'ALTER TABLE orders DETACH PARTITION o1 CONCURRENTLY',
    { sql: 'MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE', pg: 15 },
    'CREATE MATERIALIZED VIEW v AS SELECT 1 AS n; CREATE UNIQUE INDEX ON v (n); REFRESH MATERIALIZED VIEW CONCURRENTLY v',
    'REFRESH MATERIALIZED VIEW CONCURRENTLY totals',
    'CREATE TABLE users (id int NOT NULL, CHECK (id > 0))',
    'CREATE TABLE users (id uuid PRIMARY KEY DEFAULT uuidv7())', // which may be a function of their own
  ],
  on: 'any',
  *check(context) {
    for (const { what, since } of tooNew(context))
      yield {
        message: `PostgreSQL ${String(context.pg)} does not have ${what}, which came with ${String(since)}: it fails.`,
      };
    yield* impossible(context);
  },
};
