--- enum-value-used-in-transaction: in a default (file)
ALTER TYPE mood ADD VALUE 'fine';
ALTER TABLE users ALTER COLUMN mood SET DEFAULT 'fine';

--- enum-value-used-in-transaction x2: in a check, and in a partial index (file)
CREATE TYPE mood AS ENUM ('ok');
CREATE TABLE users (mood mood);
--- then
ALTER TYPE public.mood ADD VALUE IF NOT EXISTS 'fine' BEFORE 'ok';
CREATE TABLE log (mood mood CHECK (mood <> 'fine'));
CREATE POLICY p ON log USING (mood = 'fine');

--- safe: the same word for something else (file)
ALTER TYPE mood ADD VALUE 'fine';
ALTER TABLE users ADD COLUMN note text DEFAULT 'fine';
CREATE TABLE notes (id bigint PRIMARY KEY, body varchar(9) DEFAULT 'fine' NOT NULL);
INSERT INTO notes (id, body) VALUES (1, 'fine');
COMMENT ON TABLE notes IS 'fine';

--- safe: a type of the same transaction (file, pg 17)
CREATE TYPE mood AS ENUM ('ok');
ALTER TYPE mood ADD VALUE 'fine';
CREATE TABLE t (m mood DEFAULT 'fine');

--- enum-value-used-in-transaction: a type of the same transaction (file, pg 16)
CREATE TYPE mood AS ENUM ('ok');
ALTER TYPE mood ADD VALUE 'fine';
CREATE TABLE t (m mood DEFAULT 'fine');

--- not-allowed-in-transaction: before 12 (file, pg 11)
ALTER TYPE mood ADD VALUE 'fine';

--- not-allowed-in-transaction x6: whatever it is (file)
VACUUM t;
CREATE DATABASE d;
ALTER SYSTEM SET work_mem = '1GB';
REINDEX DATABASE d;
CREATE TABLESPACE s LOCATION '/x';
DROP INDEX CONCURRENTLY i;
--- also reindex-non-concurrent

--- long-statement-while-locked, unbounded-update: the classic (file)
ALTER TABLE users ADD COLUMN plan text;
UPDATE users SET plan = 'free' WHERE plan IS NULL;

--- long-statement-while-locked: after a foreign key of a new table
BEGIN;
CREATE TABLE profiles (user_id bigint REFERENCES users);
INSERT INTO profiles SELECT id FROM users;
COMMIT;

--- long-statement-while-locked: MERGE (pg 15)
BEGIN;
ALTER TABLE users ADD COLUMN a int;
MERGE INTO orders o USING loaded l ON o.id = l.id WHEN MATCHED THEN UPDATE SET a = l.a;
COMMIT;

--- long-statement-while-locked, refresh-matview-non-concurrent: REFRESH
BEGIN;
ALTER TABLE users ADD COLUMN a int;
REFRESH MATERIALIZED VIEW totals;
COMMIT;

--- safe: small work under a lock (file)
ALTER TABLE users ADD COLUMN a int;
INSERT INTO settings (k, v) VALUES ('a', '1') ON CONFLICT (k) DO NOTHING;
INSERT INTO settings (k, v) SELECT 'b', '1' WHERE NOT EXISTS (SELECT 1 FROM settings WHERE k = 'b');
INSERT INTO kinds (id) SELECT * FROM generate_series(1, 10);
CREATE TABLE fresh (id bigint, k text);
INSERT INTO fresh VALUES (1, 'x');
UPDATE fresh SET k = 'y';
CREATE INDEX ON fresh (k);
DELETE FROM users WHERE id = 7;

--- safe: the lock is gone
BEGIN;
ALTER TABLE users ADD COLUMN a int;
COMMIT;
UPDATE users SET a = 1 WHERE id BETWEEN 1 AND 1000;

--- safe: the work comes first
BEGIN;
UPDATE users SET a = 1 WHERE id BETWEEN 1 AND 1000;
ALTER TABLE users ALTER COLUMN a SET DEFAULT 1;
COMMIT;

--- safe: weak locks (file)
ALTER TABLE users VALIDATE CONSTRAINT c;
ALTER TABLE users ALTER a SET STATISTICS 100;
DELETE FROM orders WHERE day < '2020-01-01';

--- locks-multiple-tables: two
BEGIN;
ALTER TABLE a ADD COLUMN x int;
ALTER TABLE b ADD COLUMN x int;
COMMIT;

--- safe: one, by several names (file)
ALTER TABLE a ADD COLUMN x int;
ALTER TABLE public.a ADD COLUMN y int;
ALTER TABLE "a" ALTER COLUMN x SET DEFAULT 1;
CREATE TABLE b (id bigint);
ALTER TABLE b ADD COLUMN x int;
COMMENT ON TABLE c IS 'x';
CREATE OR REPLACE VIEW v AS SELECT 1 AS n;

--- transaction-nesting x2: inside the runner's transaction (file)
BEGIN;
ALTER TABLE a ADD COLUMN x int;
COMMIT;

--- transaction-nesting: nothing to end
SELECT 1;
COMMIT;

--- safe: savepoints (file)
SAVEPOINT a;
SELECT 1;
ROLLBACK TO SAVEPOINT a;
RELEASE SAVEPOINT a;

--- unclosed-transaction: begun and left
BEGIN;
ALTER TABLE a ADD COLUMN x int;

--- safe: ended by other words
BEGIN WORK;
SELECT 1;
END TRANSACTION;
START TRANSACTION READ ONLY;
SELECT 1;
ABORT;

--- set-local-outside-transaction: no transaction
SET LOCAL lock_timeout TO '2s';
ALTER TABLE a ADD COLUMN x int;

--- safe: a transaction, whoever began it (file)
SET LOCAL lock_timeout = '2s';
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
ALTER TABLE a ADD COLUMN x int;

--- safe: several statements in one string are one (batch)
SET LOCAL lock_timeout = '2s';
ALTER TABLE a ADD COLUMN x int;

--- safe: in a DO block
DO $$ BEGIN SET LOCAL lock_timeout = '2s'; ALTER TABLE a ADD COLUMN x int; END $$;

--- locks-multiple-tables: what follows the end of a transaction in one string is one again (batch)
BEGIN;
ALTER TYPE mood RENAME VALUE 'x' TO 'y';
COMMIT;
ALTER TABLE a ADD COLUMN x int;
ALTER TABLE b ADD COLUMN x int;
--- also rename-enum-value

--- locks-multiple-tables: BEGIN in one string keeps what was locked before it (batch)
ALTER TABLE a ADD COLUMN x int;
BEGIN;
ALTER TABLE b ADD COLUMN x int;
COMMIT;

--- not-allowed-in-transaction: one string is never outside a transaction (batch)
BEGIN;
ALTER TABLE a ADD COLUMN x int;
COMMIT;
CREATE INDEX CONCURRENTLY i ON a (x);

--- transaction-nesting: one string ends no transaction that it did not begin (batch)
SELECT 1;
COMMIT;

--- unsupported-operation: the catalogs are not rebuilt concurrently
REINDEX SYSTEM CONCURRENTLY shop;

--- unsupported-operation x4: too new for 14
MERGE INTO a USING b ON a.id = b.id WHEN NOT MATCHED THEN INSERT VALUES (1);
CREATE UNIQUE INDEX CONCURRENTLY i ON a (b) NULLS NOT DISTINCT;
SELECT * FROM JSON_TABLE('[]'::jsonb, '$[*]' COLUMNS (a int PATH '$.a'));
CREATE VIEW v WITH (security_invoker = true) AS SELECT 1 AS n;

--- unsupported-operation x2: too new for 17 (pg 17)
UPDATE a SET x = 1 WHERE id = 1 RETURNING OLD.x, NEW.x;
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) VIRTUAL);

--- duplicate-column x4: by every list
CREATE TABLE t (a int, b int, A text);
ALTER TABLE u ADD COLUMN x int, ADD COLUMN X int;
INSERT INTO v (a, b, a) VALUES (1, 2, 3);
UPDATE v SET a = 1, a = 2 WHERE id = 1;

--- identifier-too-long: in bytes
CREATE TABLE t (übermäßig_lange_spaltenbezeichnung_für_die_größenangabe_in_metern int);

--- safe: long words that are no names
INSERT INTO t VALUES ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
-- aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 AS aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa $$;
CREATE TABLE abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc (a int);
