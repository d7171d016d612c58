--- safe: an index of a table of the same file, qualified here and not there
CREATE TABLE IF NOT EXISTS public.orders (id bigint PRIMARY KEY, day date);
CREATE INDEX IF NOT EXISTS orders_day ON orders USING btree (day);
CREATE UNIQUE INDEX ON "orders" (id, day);

--- safe: an index of a table that CREATE SCHEMA makes
CREATE SCHEMA app CREATE TABLE t (id bigint);
CREATE INDEX ON app.t (id);

--- safe: search_path says where the table is made
SET search_path TO app, public;
CREATE TABLE t (id bigint);
CREATE INDEX ON app.t (id);

--- create-index-non-concurrent: search_path says it is another table
SET search_path TO app;
CREATE TABLE t (id bigint);
RESET search_path;
CREATE INDEX ON t (id);

--- safe: an index of a copy
CREATE TABLE copy (LIKE orders INCLUDING ALL);
CREATE INDEX ON copy (id);

--- safe: SELECT INTO and a materialized view are new too
SELECT 1 AS n INTO fresh;
CREATE INDEX ON fresh (n);
CREATE MATERIALIZED VIEW m AS SELECT 1 AS n WITH NO DATA;
CREATE UNIQUE INDEX ON m (n);

--- create-index-non-concurrent: an index of a view that was there
CREATE INDEX ON totals (day);

--- safe: a new partition of an old table
CREATE TABLE orders_2030 PARTITION OF orders FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE INDEX ON orders_2030 (id);

--- create-index-non-concurrent: what a savepoint took back is not new
BEGIN;
SAVEPOINT a;
CREATE TABLE t (id bigint);
ROLLBACK TO SAVEPOINT a;
CREATE INDEX ON t (id);
COMMIT;

--- safe: what a savepoint kept is new
BEGIN;
SAVEPOINT a;
CREATE TABLE t (id bigint);
RELEASE a;
CREATE INDEX ON t (id);
COMMIT;

--- create-index-non-concurrent: in a DO block, under a condition
DO $body$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_indexes WHERE indexname = 'i') THEN
    CREATE INDEX i ON orders (day);
  END IF;
END
$body$;

--- safe: the body of a function is no statement
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  CREATE INDEX i ON orders (day);
  DROP TABLE orders;
END $$;
CREATE FUNCTION g() RETURNS bigint BEGIN ATOMIC DELETE FROM orders; SELECT 1; END;
COMMENT ON FUNCTION f() IS 'DROP TABLE orders;';
INSERT INTO notes (body) VALUES ('ALTER TABLE orders DROP COLUMN day');

--- safe: dynamic SQL about a table of the same block
DO $$ BEGIN
  CREATE TABLE t (id bigint);
  EXECUTE 'CREATE INDEX ON t (id)';
END $$;

--- not-allowed-in-transaction: concurrently in the runner's transaction (file)
CREATE INDEX CONCURRENTLY i ON orders (day);

--- not-allowed-in-transaction: several statements in one string (batch)
SET lock_timeout = '2s';
CREATE INDEX CONCURRENTLY i ON orders (day);

--- safe: one statement in one string (batch)
-- no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (day);

--- safe: after the end of a transaction
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT 1;
ABORT;
CREATE INDEX CONCURRENTLY i ON orders (day);

--- not-allowed-in-transaction: in the next link of a chain
START TRANSACTION;
SELECT 1;
ROLLBACK AND CHAIN;
REINDEX (CONCURRENTLY) TABLE orders;
END;

--- drop-index-non-concurrent: with a schema and a condition
DROP INDEX IF EXISTS app.i RESTRICT;

--- drop-index-non-concurrent, drop-cascade: with CASCADE
DROP INDEX i CASCADE;

--- unsupported-operation: several at once
DROP INDEX CONCURRENTLY IF EXISTS a, b;

--- unsupported-operation: the index of a constraint
CREATE TABLE t (id bigint CONSTRAINT k UNIQUE);
--- then
DROP INDEX CONCURRENTLY k;

--- unsupported-operation: a partitioned table
CREATE TABLE p (id bigint) PARTITION BY HASH (id);
--- then
CREATE UNIQUE INDEX CONCURRENTLY ON p (id);

--- safe: part by part
CREATE TABLE p (id bigint) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
--- then
CREATE INDEX i ON ONLY p (id);
CREATE INDEX CONCURRENTLY i1 ON p1 (id);
ALTER INDEX i ATTACH PARTITION i1;

--- reindex-non-concurrent x4: each form without
REINDEX (VERBOSE) TABLE orders;
REINDEX INDEX i;
REINDEX DATABASE shop;
REINDEX (CONCURRENTLY off) SCHEMA shop;

--- safe: each form with
REINDEX (CONCURRENTLY, VERBOSE) TABLE orders;
REINDEX (CONCURRENTLY on) INDEX i;
REINDEX DATABASE CONCURRENTLY shop;

--- unsupported-operation: before 12 (pg 11)
REINDEX TABLE CONCURRENTLY orders;

--- concurrent-index-under-statement-timeout: a timeout of the session
SET SESSION statement_timeout TO '5min';
CREATE INDEX CONCURRENTLY i ON orders (day);

--- concurrent-index-under-statement-timeout: RESET of something else
SET statement_timeout = 5000;
RESET lock_timeout;
REINDEX INDEX CONCURRENTLY i;

--- safe: the timeout is gone in time
SET statement_timeout = '5s';
ALTER TABLE orders ADD COLUMN a int;
SET statement_timeout TO DEFAULT;
CREATE INDEX CONCURRENTLY i ON orders (a);
SET statement_timeout = '0s';
DROP INDEX CONCURRENTLY j;
CREATE INDEX CONCURRENTLY j ON orders (a);

--- safe: a timeout of a transaction that has ended
BEGIN;
SET LOCAL statement_timeout = '5s';
ALTER TABLE orders ADD COLUMN a int;
COMMIT;
CREATE INDEX CONCURRENTLY i ON orders (a);

--- safe: a timeout that was rolled back
BEGIN;
SET statement_timeout = '5s';
ROLLBACK;
CREATE INDEX CONCURRENTLY i ON orders (a);
