--- foreign-key-without-not-valid: over two columns, deferred
ALTER TABLE ONLY items ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES wholes (x, y) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;

--- safe: not valid, then validated
ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES wholes (x) ON DELETE CASCADE DEFERRABLE NOT VALID;
ALTER TABLE items VALIDATE CONSTRAINT f;

--- safe: a new column without a value is not validated
ALTER TABLE items ADD COLUMN whole_id bigint CONSTRAINT f REFERENCES wholes (id) ON DELETE SET NULL;

--- foreign-key-without-not-valid: a new column with a value is
ALTER TABLE items ADD COLUMN whole_id bigint NOT NULL DEFAULT 1 REFERENCES wholes (id);

--- foreign-key-without-not-valid: beside the new column it is a constraint of the table
ALTER TABLE items ADD COLUMN whole_id bigint, ADD FOREIGN KEY (whole_id) REFERENCES wholes;

--- safe: a new table may refer to an old one
CREATE TABLE items (whole_id bigint REFERENCES wholes, other_id bigint);
ALTER TABLE items ADD FOREIGN KEY (other_id) REFERENCES others (id);

--- unsupported-operation: not valid on a partitioned table (pg 17)
CREATE TABLE p (id bigint, user_id bigint) PARTITION BY HASH (id);
--- then
ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users NOT VALID;

--- safe: not valid on a partitioned table (pg 18)
CREATE TABLE p (id bigint, user_id bigint) PARTITION BY HASH (id);
--- then
ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users NOT VALID;

--- safe: not enforced (pg 18)
ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users NOT ENFORCED;
ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT ENFORCED;

--- unsupported-operation: not enforced (pg 17)
ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT ENFORCED;

--- check-without-not-valid: without a name, not inherited
ALTER TABLE orders ADD CHECK (amount > 0) NO INHERIT;

--- check-without-not-valid: of a column without a value
ALTER TABLE orders ADD COLUMN IF NOT EXISTS tip numeric CONSTRAINT positive CHECK (tip >= 0);

--- safe: of a column that is there
CREATE TABLE orders (tip numeric);
--- then
ALTER TABLE orders ADD COLUMN IF NOT EXISTS tip numeric CHECK (tip >= 0);

--- validate-in-same-transaction, long-statement-while-locked: in the runner's transaction (file)
ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT c;

--- validate-in-same-transaction, long-statement-while-locked: not null too (file, pg 18)
ALTER TABLE orders ADD CONSTRAINT c NOT NULL amount NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT c;

--- safe: validated in a transaction of its own
BEGIN;
ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID;
COMMIT;
BEGIN;
ALTER TABLE orders VALIDATE CONSTRAINT c;
COMMIT;

--- set-not-null: nothing proves it
ALTER TABLE orders ALTER day SET NOT NULL;

--- set-not-null: a column that was just added is scanned with its table
ALTER TABLE orders ADD COLUMN day date DEFAULT now();
ALTER TABLE orders ALTER COLUMN day SET NOT NULL;

--- set-not-null: before 12 nothing proves it (pg 11)
CREATE TABLE orders (day date, CONSTRAINT c CHECK (day IS NOT NULL));
--- then
ALTER TABLE orders ALTER COLUMN day SET NOT NULL;

--- safe: a check that says it in other words
CREATE TABLE orders (day date, amount int, CHECK (NOT (day IS NULL OR amount IS NULL)));
--- then
ALTER TABLE orders ALTER COLUMN day SET NOT NULL;

--- safe: a check that says it with DISTINCT
CREATE TABLE orders (day date, CHECK (day IS DISTINCT FROM NULL));
--- then
ALTER TABLE orders ALTER COLUMN day SET NOT NULL;

--- set-not-null: a check of one or the other
CREATE TABLE orders (day date, amount int, CHECK (NOT (day IS NULL AND amount IS NULL)));
--- then
ALTER TABLE orders ALTER COLUMN day SET NOT NULL;

--- set-not-null: a check that NULL passes
CREATE TABLE orders (day date, CHECK (day > '2000-01-01'));
--- then
ALTER TABLE orders ALTER COLUMN day SET NOT NULL;

--- set-not-null: the proof was rolled back
ALTER TABLE orders ADD CONSTRAINT c CHECK (day IS NOT NULL) NOT VALID;
BEGIN;
ALTER TABLE orders VALIDATE CONSTRAINT c;
ROLLBACK;
ALTER TABLE orders ALTER COLUMN day SET NOT NULL;

--- set-not-null: the proof is of another table
ALTER TABLE shop.orders ADD CONSTRAINT c CHECK (day IS NOT NULL) NOT VALID;
ALTER TABLE shop.orders VALIDATE CONSTRAINT c;
ALTER TABLE orders ALTER COLUMN day SET NOT NULL;

--- safe: the whole recipe
ALTER TABLE orders ADD CONSTRAINT c CHECK (day IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT c;
ALTER TABLE orders ALTER COLUMN day SET NOT NULL, DROP CONSTRAINT c;

--- safe: the whole recipe, the table and the column renamed on the way
CREATE TABLE orders (day date);
ALTER TABLE orders ADD CONSTRAINT c CHECK (day IS NOT NULL);
ALTER TABLE orders RENAME COLUMN day TO at;
ALTER TABLE orders RENAME TO sales;
--- then
ALTER TABLE sales ALTER COLUMN at SET NOT NULL;
ALTER TABLE sales DROP CONSTRAINT c;

--- safe: native not valid (pg 18)
ALTER TABLE orders ADD CONSTRAINT n NOT NULL day NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT n;

--- unsupported-operation: native not valid (pg 17)
ALTER TABLE orders ADD CONSTRAINT n NOT NULL day NOT VALID;

--- safe: not null already
CREATE TABLE orders (day date NOT NULL, id bigserial);
--- then
ALTER TABLE orders ALTER day SET NOT NULL, ALTER id SET NOT NULL;

--- set-not-null: not null no longer
CREATE TABLE orders (day date NOT NULL);
ALTER TABLE orders ALTER day DROP NOT NULL;
--- then
ALTER TABLE orders ALTER day SET NOT NULL;

--- add-unique-constraint: with INCLUDE
ALTER TABLE users ADD CONSTRAINT u UNIQUE (email) INCLUDE (name) DEFERRABLE;

--- add-unique-constraint, unsupported-operation: NULLS NOT DISTINCT (pg 14)
ALTER TABLE users ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (email);

--- add-primary-key, add-column-auto-increment: a new key
ALTER TABLE users ADD COLUMN id bigserial PRIMARY KEY;

--- add-primary-key: over two columns
ALTER TABLE ONLY public.members ADD CONSTRAINT members_pkey PRIMARY KEY (user_id, team_id);

--- safe: as pg_dump writes it
CREATE TABLE public.users (id bigint NOT NULL, email text);
CREATE SEQUENCE public.users_id_seq START WITH 1;
ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;
ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);
SELECT pg_catalog.setval('public.users_id_seq', 1, false);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_email_key UNIQUE (email);
CREATE INDEX users_email ON public.users USING btree (email);

--- primary-key-using-nullable-index: nobody said NOT NULL
CREATE UNIQUE INDEX CONCURRENTLY k ON users (id);
ALTER TABLE users ADD CONSTRAINT k PRIMARY KEY USING INDEX k;

--- safe: NOT NULL first (pg 18)
CREATE UNIQUE INDEX CONCURRENTLY k ON users (id);
ALTER TABLE users ADD CONSTRAINT n NOT NULL id NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT n;
ALTER TABLE users ADD CONSTRAINT k PRIMARY KEY USING INDEX k;

--- add-exclusion-constraint: with a condition
ALTER TABLE rooms ADD CONSTRAINT x EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT cancelled);

--- drop-constraint: a foreign key
ALTER TABLE orders DROP CONSTRAINT IF EXISTS f;

--- drop-constraint, drop-cascade: with what depends on it
ALTER TABLE orders DROP CONSTRAINT k CASCADE;

--- safe: the helper of a partition
ALTER TABLE p1 ADD CONSTRAINT c CHECK (day IS NOT NULL AND day >= '2024-01-01' AND day < '2025-01-01') NOT VALID;
ALTER TABLE p1 VALIDATE CONSTRAINT c;
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
ALTER TABLE p1 DROP CONSTRAINT c;

--- alter-constraint-enforced: all rows (pg 18)
ALTER TABLE orders ALTER CONSTRAINT f ENFORCED;

--- safe: the other way, and other flags (pg 18)
ALTER TABLE orders ALTER CONSTRAINT f NOT ENFORCED;
ALTER TABLE orders ALTER CONSTRAINT g DEFERRABLE INITIALLY DEFERRED;

--- alter-domain-constraint x4: four forms (pg 17)
ALTER DOMAIN email ADD CONSTRAINT c CHECK (VALUE ~ '@');
ALTER DOMAIN email ADD CONSTRAINT n NOT NULL;
ALTER DOMAIN email SET NOT NULL;
ALTER DOMAIN email VALIDATE CONSTRAINT c;

--- safe: a domain that is only told (pg 17)
ALTER DOMAIN email ADD CONSTRAINT c CHECK (VALUE ~ '@') NOT VALID;
ALTER DOMAIN email SET DEFAULT '';
CREATE DOMAIN mail AS text;
ALTER DOMAIN mail ADD CONSTRAINT c CHECK (VALUE ~ '@');

--- safe: renaming a constraint
ALTER TABLE orders RENAME CONSTRAINT a TO b;
ALTER INDEX i RENAME TO j;
