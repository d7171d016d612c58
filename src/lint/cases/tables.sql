--- set-logged-unlogged, set-tablespace x2: one each
ALTER TABLE t SET UNLOGGED;
ALTER TABLE t SET TABLESPACE fast;
ALTER INDEX i SET TABLESPACE fast;

--- set-access-method: one (pg 15)
ALTER TABLE t SET ACCESS METHOD heap2;

--- vacuum-full-or-cluster x5: in every spelling
VACUUM FULL;
VACUUM FULL VERBOSE t;
VACUUM (FULL, ANALYZE) t;
CLUSTER t;
CLUSTER VERBOSE;

--- safe: upkeep
VACUUM (ANALYZE, VERBOSE) t;
VACUUM ANALYZE t;
ANALYZE t;
CHECKPOINT;

--- refresh-matview-non-concurrent: one
REFRESH MATERIALIZED VIEW m WITH DATA;

--- unsupported-operation: without a unique index
CREATE MATERIALIZED VIEW m AS SELECT 1 AS n;
CREATE UNIQUE INDEX ON m ((n + 1));
CREATE INDEX ON m (n);
--- then
REFRESH MATERIALIZED VIEW CONCURRENTLY m;

--- lock-table x2: modes that block writes
BEGIN;
LOCK TABLE a IN SHARE MODE;
LOCK b IN EXCLUSIVE MODE NOWAIT;
COMMIT;

--- safe: modes that do not
BEGIN;
LOCK TABLE a IN ACCESS SHARE MODE;
LOCK TABLE a IN ROW SHARE MODE;
COMMIT;

--- disable-trigger x3: by every name
ALTER TABLE t DISABLE TRIGGER USER;
SET session_replication_role TO 'replica';
SELECT set_config('session_replication_role', 'replica', true);

--- safe: brief changes of the catalog
ALTER TABLE t ENABLE TRIGGER a;
ALTER TABLE t ALTER a SET STATISTICS 500, ALTER b SET STORAGE EXTERNAL;
ALTER TABLE t SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE t RESET (fillfactor);
ALTER TABLE t ALTER a SET DEFAULT 1;
ALTER TABLE t ADD COLUMN b text;
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
COMMENT ON COLUMN t.a IS 'x';
CREATE STATISTICS s ON a, b FROM t;
GRANT SELECT ON t TO app;
CREATE OR REPLACE VIEW v AS SELECT 1 AS n;
CREATE EXTENSION IF NOT EXISTS pgcrypto;
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine';
INSERT INTO t (a) VALUES (1), (2) ON CONFLICT DO NOTHING;

--- disable-autovacuum: also of the toast table
ALTER TABLE t SET (toast.autovacuum_enabled = 'false');

--- enable-rls-without-policy: too late
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (true);

--- safe: in time (file)
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON public.t USING (true);

--- replica-identity x2: each
ALTER TABLE t REPLICA IDENTITY FULL;
ALTER TABLE t REPLICA IDENTITY NOTHING;

--- attach-partition-scan x2: no proof, or one that NULL passes
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (1) TO (100);
ALTER TABLE p2 ADD CONSTRAINT c CHECK (n >= 100 AND n < 200) NOT VALID;
ALTER TABLE p2 VALIDATE CONSTRAINT c;
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (100) TO (200);

--- attach-partition-scan: a proof that is too wide
CREATE TABLE p (n int) PARTITION BY RANGE (n);
CREATE TABLE p1 (n int NOT NULL, CHECK (n >= 0 AND n < 200));
--- then
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (1) TO (100);

--- safe: proofs in several words
CREATE TABLE p (n int) PARTITION BY RANGE (n);
CREATE TABLE p1 (n int NOT NULL, CHECK (n BETWEEN 1 AND 99));
CREATE TABLE p2 (n int NOT NULL, CHECK (n >= 100), CHECK (200 > n));
CREATE TABLE d (day timestamptz) PARTITION BY RANGE (day);
CREATE TABLE d1 (day timestamptz NOT NULL, CHECK (day >= '2024-01-01 00:00:00+00' AND day < '2025-01-01 00:00:00+00'::timestamptz));
CREATE TABLE l (k text) PARTITION BY LIST (k);
CREATE TABLE l1 (k text NOT NULL, CHECK (k = ANY (ARRAY['a'::text, 'b'::text])));
--- then
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (1) TO (100);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (100) TO (200);
ALTER TABLE d ATTACH PARTITION d1 FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2025-01-01 00:00:00+00');
ALTER TABLE l ATTACH PARTITION l1 FOR VALUES IN ('a', 'b', 'c');

--- detach-partition-non-concurrent: one
ALTER TABLE p DETACH PARTITION p1;

--- unsupported-operation: before 14 (pg 13)
ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;

--- safe: as it should be
ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;
ALTER TABLE p DETACH PARTITION p2 FINALIZE;

--- not-allowed-in-transaction: in the runner's transaction (file)
ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;
