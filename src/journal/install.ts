import { ident, sql, type Sql } from '../sql/sql.ts';

/** What the newest program writes, and the oldest program that may read it. */
export const JOURNAL_VERSION = 3;

/** Our tables and functions in the target database, one entry for each version: index 0 makes version 1. */
export const upgrades = (schema: string): readonly Sql[] => [
  first(ident(schema), schema),
  second(ident(schema)),
  third(ident(schema)),
];

/** Its schema, unless somebody has made it, without what default privileges give to others: who may create there makes functions that ours would call. */
export const createSchema = (schema: string): Sql => sql`
CREATE SCHEMA IF NOT EXISTS ${ident(schema)};
DO $body$
DECLARE
  given text;
BEGIN
  FOR given IN SELECT DISTINCT CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END
                 FROM pg_namespace n, aclexplode(n.nspacl) g
                WHERE n.nspname = ${schema} AND n.xmin = pg_current_xact_id()::xid AND g.grantee <> n.nspowner LOOP
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %s', ${schema}::text, given);
  END LOOP;
END $body$`;

/**
 * What default privileges have given to others on a journal that was just made: its quarantine holds values of rows, and whoever may not
 * read those reads no table of ours.
 */
export const takeDefaultGrants = (schema: string): Sql => sql`
DO $body$
DECLARE
  given record;
BEGIN
  FOR given IN
    SELECT DISTINCT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, format('%I.%I', n.nspname, c.relname) AS name, g.grantee
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) g WHERE n.nspname = ${schema} AND g.grantee <> c.relowner
     UNION ALL
    SELECT DISTINCT 'FUNCTION', p.oid::regprocedure::text, g.grantee
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, aclexplode(p.proacl) g WHERE n.nspname = ${schema} AND g.grantee NOT IN (p.proowner, 0) LOOP
    EXECUTE format('REVOKE ALL ON %s %s FROM %s', given.kind, given.name, CASE WHEN given.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(given.grantee)) END);
  END LOOP;
END $body$;
GRANT SELECT ON ${ident(schema)}.meta, ${ident(schema)}.status, ${ident(schema)}.history TO PUBLIC`;

const first = (j: Sql, schema: string): Sql => sql`
CREATE TABLE ${j}.meta (version integer NOT NULL, min_reader integer NOT NULL);
INSERT INTO ${j}.meta VALUES (1, 1);
-- A publication FOR ALL TABLES refuses to update or delete what it cannot identify.
ALTER TABLE ${j}.meta REPLICA IDENTITY FULL;

CREATE TABLE ${j}.run (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL UNIQUE,
  plan jsonb NOT NULL,
  plan_hash text NOT NULL,
  phase text,
  target_phase text,
  state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'running', 'paused', 'waiting', 'failed', 'done', 'rolledBack')),
  reason text,
  paused boolean NOT NULL DEFAULT false,
  settings jsonb NOT NULL DEFAULT '{}',
  -- Grows with every executor that takes the run: what an older one still wants to write is refused.
  token bigint NOT NULL DEFAULT 0,
  executor jsonb,
  dual_written boolean NOT NULL DEFAULT false,
  switched_at timestamptz,
  statements_at_switch jsonb,
  -- What the touched tables looked like after the last step.
  shapes jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now());

CREATE TABLE ${j}.step (
  run bigint NOT NULL REFERENCES ${j}.run ON DELETE CASCADE,
  step text NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done', 'undone', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  lock_wait_ms double precision NOT NULL DEFAULT 0,
  lock_held_ms double precision NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  PRIMARY KEY (run, step));

CREATE TABLE ${j}.sweep (
  run bigint NOT NULL REFERENCES ${j}.run ON DELETE CASCADE,
  mapping text NOT NULL,
  direction text NOT NULL CHECK (direction IN ('forward', 'back')),
  schema_name text NOT NULL,
  leaf text NOT NULL,
  -- The file node tells a table from the same table rewritten: its pages are others then.
  file_node oid NOT NULL,
  pages integer NOT NULL,
  rows_total double precision NOT NULL,
  PRIMARY KEY (run, mapping, direction, schema_name, leaf));

CREATE TABLE ${j}.chunk (
  run bigint NOT NULL REFERENCES ${j}.run ON DELETE CASCADE,
  mapping text NOT NULL,
  direction text NOT NULL,
  schema_name text NOT NULL,
  leaf text NOT NULL,
  file_node oid NOT NULL,
  first_page integer NOT NULL,
  end_page integer NOT NULL,
  rows bigint NOT NULL,
  misfits bigint NOT NULL,
  finished_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run, mapping, direction, schema_name, leaf, file_node, first_page));

-- No unique index: a writer that remembers a key must never wait for another.
CREATE TABLE ${j}.dirty (id bigint GENERATED ALWAYS AS IDENTITY, migration text NOT NULL, mapping text NOT NULL, key jsonb);
ALTER TABLE ${j}.dirty REPLICA IDENTITY FULL;
CREATE INDEX dirty_order ON ${j}.dirty (migration, mapping, id);

CREATE TABLE ${j}.quarantine (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL,
  mapping text NOT NULL,
  key jsonb,
  target text NOT NULL,
  column_name text NOT NULL,
  reason text NOT NULL,
  original jsonb,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'settled')),
  found_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  settled_by text,
  note text);
CREATE INDEX quarantine_place ON ${j}.quarantine (migration, mapping, key);

CREATE TABLE ${j}.approval (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL,
  plan_hash text NOT NULL,
  gate text NOT NULL,
  note text,
  approved_by text NOT NULL DEFAULT session_user,
  approved_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz);

CREATE TABLE ${j}.archive (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('column', 'table')),
  schema_name text NOT NULL,
  table_name text NOT NULL,
  original_name text NOT NULL,
  archived_name text NOT NULL,
  archived_at timestamptz NOT NULL DEFAULT now());

CREATE TABLE ${j}.event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run bigint NOT NULL REFERENCES ${j}.run ON DELETE CASCADE,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  event jsonb NOT NULL);

CREATE TABLE ${j}.reads (
  migration text PRIMARY KEY,
  percent numeric(5, 2) NOT NULL CHECK (percent BETWEEN 0 AND 100),
  changed_at timestamptz NOT NULL DEFAULT now());

${archiveFunction(j, schema)}
${grantsFunction(j)}
${switchFunctions(j)};
${jsonFunctions(j)};

CREATE VIEW ${j}.status AS
SELECT migration, plan_hash, phase, CASE WHEN paused AND state = 'running' THEN 'paused' ELSE state END AS state, reason, executor, created_at, updated_at FROM ${j}.run;
CREATE VIEW ${j}.history AS
SELECT r.migration, s.step, s.state, s.attempts, s.lock_wait_ms, s.lock_held_ms, s.started_at, s.finished_at FROM ${j}.step s JOIN ${j}.run r ON r.id = s.run;

GRANT USAGE ON SCHEMA ${j} TO PUBLIC;
GRANT SELECT ON ${j}.meta, ${j}.status, ${j}.history TO PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ${j} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ${j}.reads(text, text), ${j}.read_switch(text), ${j}.bucket(text, text) TO PUBLIC`;

const second = (j: Sql): Sql => sql`
-- Where the plan and the tasks of a migration are published, and what they are made from.
CREATE TABLE ${j}.publication (
  migration text PRIMARY KEY,
  workspace text NOT NULL,
  specification text NOT NULL,
  tasks text,
  requirements jsonb NOT NULL,
  -- Until a run has begun, which has its own.
  plan jsonb NOT NULL,
  documents text[] NOT NULL DEFAULT '{}',
  -- Pages are due while more updates were wanted than written.
  wanted bigint NOT NULL DEFAULT 0,
  written bigint NOT NULL DEFAULT 0,
  last_error text,
  updated_at timestamptz NOT NULL DEFAULT now());

-- What a workspace has to know of each page that it wrote.
CREATE TABLE ${j}.page (
  migration text NOT NULL,
  workspace text NOT NULL,
  key text NOT NULL,
  record jsonb NOT NULL,
  PRIMARY KEY (migration, workspace, key));
UPDATE ${j}.meta SET version = 2`;

const third = (j: Sql): Sql => sql`
${createAsJsonb(j)};
-- They compute, with the rights of whoever calls them: a role that reads both shapes may compare them.
GRANT EXECUTE ON FUNCTION ${j}.as_jsonb(json), ${j}.input_is_valid(text, text) TO PUBLIC;
UPDATE ${j}.meta SET version = 3`;

const grantsFunction = (j: Sql): Sql => sql`
-- What default privileges have given to others on a table that was just made.
CREATE FUNCTION ${j}.take_grants(schema_name text, table_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  given oid;
BEGIN
  FOR given IN SELECT DISTINCT g.grantee FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) g
                WHERE n.nspname = schema_name AND c.relname = table_name AND g.grantee <> c.relowner LOOP
    EXECUTE format('REVOKE ALL ON TABLE %I.%I FROM %s', schema_name, table_name, CASE WHEN given = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(given)) END);
  END LOOP;
END $body$;`;

const archiveFunction = (j: Sql, schema: string): Sql => sql`
-- Puts a table away in the journal's schema, under a name that is free there.
CREATE FUNCTION ${j}.archive_table(migration text, schema_name text, table_name text, wanted text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  kept text := wanted;
  taken record;
BEGIN
  FOR n IN 2 .. 1000 LOOP
    EXIT WHEN NOT EXISTS (SELECT FROM pg_class WHERE relname = kept AND relnamespace IN ((SELECT oid FROM pg_namespace WHERE nspname = ${schema}), quote_ident(archive_table.schema_name)::regnamespace));
    kept := left(wanted, 15) || '_' || n || '_' || left(md5(wanted), 8);
  END LOOP;
  EXECUTE format('ALTER TABLE %I.%I RENAME TO %I', schema_name, table_name, kept);
  -- Its indexes move with it; one whose name an earlier archive has is told apart by its number.
  FOR taken IN SELECT c.oid, c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = format('%I.%I', schema_name, kept)::regclass
                  AND EXISTS (SELECT FROM pg_class o JOIN pg_namespace s ON s.oid = o.relnamespace WHERE s.nspname = ${schema} AND o.relname = c.relname) LOOP
    EXECUTE format('ALTER INDEX %I.%I RENAME TO %I', schema_name, taken.relname, left(taken.relname, 15) || '_' || taken.oid);
  END LOOP;
  EXECUTE format('ALTER TABLE %I.%I SET SCHEMA %I', schema_name, kept, ${schema}::text);
  INSERT INTO ${j}.archive (migration, kind, schema_name, table_name, original_name, archived_name)
  VALUES (archive_table.migration, 'table', archive_table.schema_name, archive_table.table_name, archive_table.table_name, kept);
END $body$;`;

/** What applications call, as any role: they see one number and one word. */
const switchFunctions = (j: Sql): Sql => sql`
CREATE FUNCTION ${j}.bucket(name text, key text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  bytes bytea := convert_to(name || ':' || key, 'UTF8');
  hash bigint := 2166136261;
BEGIN
  -- FNV-1a, 32 bits: the client computes the same.
  FOR i IN 0 .. length(bytes) - 1 LOOP
    hash := ((hash # get_byte(bytes, i)) * 16777619) & 4294967295;
  END LOOP;
  RETURN hash % 10000;
END $body$;

CREATE FUNCTION ${j}.read_switch(name text) RETURNS TABLE (percent numeric, phase text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  SELECT coalesce(s.percent, 0), r.phase FROM ${j}.run r LEFT JOIN ${j}.reads s ON s.migration = r.migration WHERE r.migration = name
$body$;

CREATE FUNCTION ${j}.reads(name text, key text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  SELECT coalesce((SELECT CASE WHEN s.phase = 'contract' OR ${j}.bucket(name, key) < s.percent * 100 THEN 'new' ELSE 'old' END
                     FROM ${j}.read_switch(name) s), 'old')
$body$;

CREATE FUNCTION ${j}.set_reads(name text, percent numeric) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  INSERT INTO ${j}.reads AS r (migration, percent) VALUES (name, set_reads.percent)
  ON CONFLICT (migration) DO UPDATE SET percent = EXCLUDED.percent, changed_at = now();
  PERFORM pg_notify('lockkeeper_reads', name);
END $body$`;

const jsonFunctions = (j: Sql): Sql => sql`
-- The document with a value at a path, or without one when it is NULL. Parents are made where there are none;
-- a document or parent that is not an object is left as it is, unless forced.
CREATE FUNCTION ${j}.json_set(doc jsonb, path text[], value jsonb, force boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  kind text := coalesce(jsonb_typeof(doc), 'null');
  child jsonb;
BEGIN
  IF kind NOT IN ('object', 'null') AND NOT force THEN
    RETURN doc;
  END IF;
  IF kind <> 'object' THEN
    IF value IS NULL THEN
      RETURN doc;
    END IF;
    doc := '{}';
  END IF;
  IF cardinality(path) = 1 THEN
    RETURN CASE WHEN value IS NULL THEN doc - path[1] ELSE doc || jsonb_build_object(path[1], value) END;
  END IF;
  child := ${j}.json_set(doc -> path[1], path[2:], value, force);
  RETURN CASE WHEN child IS NULL THEN doc ELSE doc || jsonb_build_object(path[1], child) END;
END $body$;

-- As above, but only when it applies: one call for each column, however many there are.
CREATE FUNCTION ${j}.json_set_when(doc jsonb, applies boolean, path text[], value jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN CASE WHEN applies THEN ${j}.json_set(doc, path, value) ELSE doc END;
END $body$;

-- The keys of a document that none of the paths takes; parents that this empties go too. NULL when nothing is left.
CREATE FUNCTION ${j}.json_rest(doc jsonb, paths jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  place text[];
BEGIN
  IF jsonb_typeof(doc) IS DISTINCT FROM 'object' THEN
    RETURN NULL;
  END IF;
  FOR place IN SELECT ARRAY(SELECT jsonb_array_elements_text(p)) FROM jsonb_array_elements(paths) p LOOP
    CONTINUE WHEN doc #> place IS NULL;
    doc := doc #- place;
    FOR depth IN REVERSE cardinality(place) - 1 .. 1 LOOP
      EXIT WHEN doc #> place[:depth] <> '{}';
      doc := doc #- place[:depth];
    END LOOP;
  END LOOP;
  RETURN nullif(doc, '{}');
END $body$;

-- The document with its other keys replaced by those of rest; what the paths take stays.
CREATE FUNCTION ${j}.json_with_rest(doc jsonb, paths jsonb, rest jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  result jsonb;
  place text[];
BEGIN
  IF coalesce(jsonb_typeof(doc), 'null') NOT IN ('object', 'null') OR coalesce(jsonb_typeof(rest), 'null') NOT IN ('object', 'null') THEN
    RETURN doc;
  END IF;
  result := ${j}.json_rest(rest, paths);
  FOR place IN SELECT ARRAY(SELECT jsonb_array_elements_text(p)) FROM jsonb_array_elements(paths) p LOOP
    CONTINUE WHEN doc #> place IS NULL;
    result := ${j}.json_set(result, place, doc #> place, true);
  END LOOP;
  RETURN coalesce(result, CASE WHEN doc IS NOT NULL THEN '{}'::jsonb END);
END $body$;

CREATE FUNCTION ${j}.json_with_rest_when(doc jsonb, applies boolean, paths jsonb, rest jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN CASE WHEN applies THEN ${j}.json_with_rest(doc, paths, rest) ELSE doc END;
END $body$;

${createInputIsValid(j)}`;

/** pg_input_is_valid, which PostgreSQL has since 16. The type's name is ours, from the plan. */
export const createInputIsValid = (schema: Sql): Sql => sql`
CREATE FUNCTION ${schema}.input_is_valid(input text, type text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  EXECUTE 'SELECT $1::' || type USING input;
  RETURN true;
EXCEPTION WHEN OTHERS THEN
  RETURN false;
END $body$`;

/** A document of type json, or its text as one string when jsonb cannot hold it. It writes nothing, so that its block takes no transaction id. */
export const createAsJsonb = (schema: Sql): Sql => sql`
CREATE FUNCTION ${schema}.as_jsonb(document json) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN document::jsonb;
EXCEPTION WHEN OTHERS THEN
  RETURN to_jsonb(document::text);
END $body$`;
