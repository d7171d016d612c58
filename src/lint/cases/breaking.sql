--- drop-table: a table that was there, and is made anew
DROP TABLE IF EXISTS orders;
CREATE TABLE orders (id bigint);
DROP TABLE orders;

--- safe: temporary tables
CREATE TEMPORARY TABLE t (id int) ON COMMIT DROP;
TRUNCATE t;
DELETE FROM t;
UPDATE t SET id = 1;
ALTER TABLE t ALTER id TYPE bigint;
DROP TABLE t;
CREATE TEMP TABLE u AS SELECT 1 AS a;
DROP TABLE pg_temp.u;

--- drop-table, drop-cascade: with what depends on it
DROP TABLE a, b CASCADE;

--- truncate-table: several
TRUNCATE TABLE ONLY orders, items RESTART IDENTITY;

--- drop-schema, drop-cascade: with all in it
DROP SCHEMA IF EXISTS shop CASCADE;

--- drop-database: one
DROP DATABASE IF EXISTS shop;

--- drop-object x8: of every kind
DROP VIEW v;
DROP MATERIALIZED VIEW IF EXISTS m;
DROP FUNCTION f;
DROP PROCEDURE p(int);
DROP SEQUENCE s;
DROP TYPE y;
DROP DOMAIN d;
DROP EXTENSION hstore;

--- safe: what is not missed
DROP TRIGGER a ON t;
DROP POLICY p ON t;
DROP RULE r ON t;
DROP STATISTICS st;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION f();
CREATE VIEW v AS SELECT 1 AS n;
DROP VIEW v;

--- safe: dropped and made again in one transaction
BEGIN;
DROP VIEW IF EXISTS public.v;
DROP MATERIALIZED VIEW m;
DROP FUNCTION f(int);
CREATE OR REPLACE VIEW v AS SELECT 1 AS n;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS n;
CREATE FUNCTION f(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
COMMIT;

--- drop-object: made again too late
DROP VIEW v;
CREATE VIEW v AS SELECT 1 AS n;

--- alter-column-type: an enum that is swapped for another
BEGIN;
ALTER TYPE mood RENAME TO mood_old;
CREATE TYPE mood AS ENUM ('a', 'b');
ALTER TABLE users ALTER COLUMN mood TYPE mood USING mood::text::mood;
DROP TYPE mood_old;
COMMIT;

--- drop-cascade x2: what a role owns, and an attribute
DROP OWNED BY app CASCADE;
ALTER TYPE pair DROP ATTRIBUTE a CASCADE;

--- rename-table: also on condition
ALTER TABLE IF EXISTS users RENAME TO people;

--- safe: renamed behind a view (file)
ALTER TABLE public.users RENAME TO people;
CREATE OR REPLACE VIEW users AS SELECT * FROM people;

--- safe: swapped (file)
ALTER TABLE users RENAME TO users_old;
ALTER TABLE users_new RENAME TO users;

--- rename-column: without the word
ALTER TABLE users RENAME mail TO email;

--- rename-enum-value, rename-object x5, rename-schema: one each
ALTER SCHEMA shop RENAME TO store;
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';
ALTER VIEW v RENAME TO w;
ALTER MATERIALIZED VIEW m RENAME TO n;
ALTER DOMAIN d RENAME TO e;
ALTER FUNCTION f(int) RENAME TO g;
ALTER SEQUENCE s RENAME TO t;

--- safe: names nobody uses
ALTER TABLE users RENAME CONSTRAINT a TO b;
ALTER TRIGGER a ON users RENAME TO b;
ALTER POLICY a ON users RENAME TO b;
ALTER INDEX IF EXISTS a RENAME TO b;
CREATE TYPE mood AS ENUM ('ok');
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';

--- set-schema x4: of every kind
ALTER TABLE users SET SCHEMA shop;
ALTER VIEW v SET SCHEMA shop;
ALTER TYPE y SET SCHEMA shop;
ALTER FUNCTION f() SET SCHEMA shop;

--- unbounded-update x10: in every disguise
UPDATE users SET a = 1;
UPDATE users SET a = 1 WHERE true;
UPDATE ONLY users AS u SET a = 1 WHERE 1 = 1;
UPDATE users SET a = b.a FROM b;
UPDATE users u SET a = v.a FROM users v WHERE v.id = u.id;
UPDATE users SET a = 1 WHERE a IS NULL;
UPDATE users SET a = b WHERE a IS NULL AND b IS NOT NULL;
UPDATE users SET a = 1 WHERE 1 = 1 AND a IS NULL;
UPDATE users SET (a, b) = (1, 2) WHERE users.a IS NULL;
UPDATE users SET a = 1 WHERE id IN (SELECT id FROM users WHERE a IS NULL);

--- safe: in batches
UPDATE users SET a = 1 WHERE id = 5;
UPDATE users SET a = 1 WHERE a IS NULL AND id > 1000 AND id <= 2000;
UPDATE users SET a = 1 WHERE id IN (SELECT id FROM users WHERE a IS NULL ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED);
UPDATE users SET a = 1 WHERE ctid = ANY (ARRAY(SELECT ctid FROM users WHERE a IS NULL LIMIT 1000));
WITH b AS (SELECT id FROM users WHERE a IS NULL LIMIT 500) UPDATE users SET a = 1 FROM b WHERE b.id = users.id;
UPDATE users SET a = 1 FROM (SELECT id FROM users WHERE a IS NULL LIMIT 500) b WHERE b.id = users.id;
UPDATE users SET a = 1 WHERE country = 'FR';
UPDATE users SET a = p.a FROM profiles p WHERE p.user_id = users.id AND p.batch = 7;
DO $$
BEGIN
  LOOP
    UPDATE users SET a = 1 WHERE id IN (SELECT id FROM users WHERE a IS NULL LIMIT 1000);
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;

--- unbounded-update: in a DO block
DO $$ BEGIN UPDATE users SET a = 1 WHERE a IS NULL; END $$;

--- unbounded-delete x4: in every disguise
DELETE FROM sessions;
DELETE FROM sessions WHERE 1 = 1;
DELETE FROM sessions USING users;
WITH gone AS (DELETE FROM sessions RETURNING *) INSERT INTO archive SELECT * FROM gone;

--- safe: some rows
DELETE FROM sessions WHERE expires < now();
DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires < now() LIMIT 1000);
DELETE FROM sessions USING users WHERE users.id = sessions.user_id AND users.gone;

--- revoke-privilege x2: from roles
REVOKE SELECT, INSERT ON TABLE orders FROM app;
REVOKE USAGE ON SCHEMA shop FROM app CASCADE;

--- safe: from nobody, or of what is new
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA shop;
REVOKE ALL ON SCHEMA shop FROM app;
REVOKE ALL ON ALL TABLES IN SCHEMA shop FROM app;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION f() FROM app;
GRANT SELECT ON orders TO app;

--- sequence-restart x3: to a constant
ALTER SEQUENCE s RESTART WITH 100;
ALTER TABLE orders ALTER COLUMN id RESTART WITH 100;
SELECT pg_catalog.setval('s'::regclass, 100::bigint, true);

--- safe: of a table of this file, or to what is there
CREATE TABLE orders (id serial8 PRIMARY KEY, n bigint GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE orders_id_seq RESTART WITH 1000;
ALTER TABLE orders ALTER COLUMN n RESTART WITH 1000;
SELECT setval('orders_n_seq', 1000);
SELECT setval('users_id_seq', (SELECT max(id) + 1 FROM users), false);
SELECT setval(pg_get_serial_sequence('users', 'id'), coalesce(max(id), 1)) FROM users;

--- publication-all-tables x2: both forms (pg 15)
CREATE PUBLICATION a FOR ALL TABLES;
CREATE PUBLICATION b FOR TABLES IN SCHEMA shop, TABLE users;

--- alter-extension-update: one
ALTER EXTENSION postgis UPDATE TO '3.4';
