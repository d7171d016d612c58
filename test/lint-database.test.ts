import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { lint } from '../src/app/lint.ts';
import type { Connect } from '../src/database/database.ts';
import { withDatabase } from './support/database.ts';
import { withRoles } from './support/roles.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function written(files: Readonly<Record<string, string>>): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-lint-'));
  folders.push(cwd);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    await writeFile(join(cwd, path), text);
  }
  return cwd;
}

async function linted(connect: Connect, files: Readonly<Record<string, string>>) {
  const { document } = await lint({ cwd: await written(files), paths: ['.'], connect });
  return {
    pg: document.summary.pg,
    assumed: document.summary.pgAssumed,
    files: document.files.map(({ path }) => path),
    found: document.files.flatMap(({ findings }) => findings.map(({ rule, severity }) => `${severity} ${rule}`)),
    messages: document.files.flatMap(({ findings }) => findings.map(({ message }) => message)),
  };
}

/** All objects of the database. */
const objects = `SELECT oid::bigint, relname::text AS name FROM pg_class UNION ALL SELECT oid::bigint, proname::text FROM pg_proc ORDER BY 1`;

const everything = `
  CREATE SCHEMA "Shop";
  CREATE TYPE mood AS ENUM ('ok', 'it''s fine');
  CREATE TYPE "Shop".pair AS (a int, b text);
  CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(10), total int NOT NULL, day date,
    doubled int GENERATED ALWAYS AS (total * 2) STORED, CHECK (day IS NOT NULL), "Odd ""name" mood DEFAULT 'ok');
  INSERT INTO orders (name, total, day) SELECT 'x', i, now() FROM generate_series(1, 20000) i;
  CREATE TABLE "Shop".small (id int PRIMARY KEY, order_id bigint, note text, level positive);
  ALTER TABLE "Shop".small ADD CONSTRAINT later FOREIGN KEY (order_id) REFERENCES orders NOT VALID;
  CREATE INDEX small_note ON "Shop".small (lower(note)) WHERE note <> '';
  CREATE TABLE parts (at date NOT NULL, n int) PARTITION BY RANGE (at);
  CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE TABLE parts_rest PARTITION OF parts DEFAULT;
  CREATE VIEW seen AS SELECT * FROM orders;
  CREATE MATERIALIZED VIEW kept AS SELECT count(*) FROM orders;
  CREATE FUNCTION steady() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
  CREATE FUNCTION moving() RETURNS int LANGUAGE sql AS 'SELECT 1';
  ALTER TABLE "Shop".small ENABLE ROW LEVEL SECURITY;
  CREATE POLICY mine ON "Shop".small USING (true);
  ANALYZE`;

it('knows what is there from the database: types, proofs, functions, partitions, sizes', () =>
  withDatabase(everything, async ({ connect }) => {
    const of = async (sql: string) => (await linted(connect, { '1.sql': sql })).found;
    expect(await of('ALTER TABLE orders ALTER name TYPE varchar(20)')).toEqual([]);
    expect(await of('ALTER TABLE orders ALTER name TYPE varchar(5)')).toEqual(['error alter-column-type']);
    expect(await of('ALTER TABLE orders ALTER day SET NOT NULL')).toEqual([]);
    expect(await of('ALTER TABLE orders ALTER total SET NOT NULL')).toEqual([]);
    expect(await of('ALTER TABLE orders ALTER name SET NOT NULL')).toEqual(['error set-not-null']);
    expect(await of('ALTER TABLE orders ADD a int DEFAULT steady()')).toEqual([]);
    expect(await of('ALTER TABLE orders ADD a int DEFAULT moving()')).toEqual(['error add-column-rewrite-default']);
    expect(await of('ALTER TABLE orders ADD a positive')).toEqual(['error add-column-constrained-domain']);
    expect(await of('ALTER TABLE parts DETACH PARTITION parts_1')).toEqual(['error detach-partition-non-concurrent']);
    expect(await of('CREATE INDEX ON "Shop".small (note)')).toEqual(['info create-index-non-concurrent']);
    expect(await of('CREATE INDEX ON orders (name)')).toEqual(['error create-index-non-concurrent']);
  }));

it('says how large a table is, and asks the server for its version', () =>
  withDatabase(everything, async ({ connect }) => {
    const { pg, assumed, messages } = await linted(connect, { '1.sql': 'CREATE INDEX ON orders (name)' });
    expect(messages[0]).toMatch(/\(orders: 20,000 rows, \d+ MB\)$/u);
    expect([pg, assumed]).toEqual([18, false]);
  }));

it('needs nothing but SELECT, and leaves nothing behind', () =>
  withRoles(
    ['reader'],
    `${everything}; CREATE TABLE pgmigrations (id int, name text, run_on timestamp); GRANT SELECT ON pgmigrations TO $reader; GRANT SELECT ON orders TO $reader`,
    async (db, { reader }) => {
      const before = await db.rows(objects);
      const files = { '1_a.sql': '-- Up Migration\nDROP TABLE orders;' };
      expect(await linted(reader.connect, files)).toMatchObject({ pg: 18, found: ['error drop-table'] });
      expect(await db.rows(objects)).toEqual(before);
    },
  ));
