import { createHash } from 'node:crypto';
import type { Queryable } from '../database/database.ts';
import type { LintFile } from '../lint/lint.ts';
import { qualified, sql, type Sql } from '../sql/sql.ts';

/** Where a tool keeps what it has applied, and how a row names a file. */
interface Bookkeeping {
  readonly table: string;
  /** Columns that tell it from another tool's table of the same name. */
  readonly columns: readonly string[];
  readonly rows: (table: Sql) => Sql;
  /** Which of the files, in their order, are applied. */
  readonly applied: (names: ReadonlySet<string>, files: readonly LintFile[]) => (file: LintFile, i: number) => boolean;
}

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const stem = (path: string): string => fileName(path).replace(/\.\w+$/u, '');
const number = (path: string): string => /^\d+/u.exec(fileName(path))?.[0] ?? '';
const folderName = (path: string): string => path.split('/').at(-2) ?? '';

const named =
  (nameOf: (path: string) => string): Bookkeeping['applied'] =>
  (names) =>
  ({ path }) =>
    names.has(nameOf(path));

const byVersion = {
  table: 'schema_migrations',
  columns: ['version'],
  rows: (table: Sql) => sql`SELECT version::text AS name FROM ${table}`,
  applied: named(number),
};

/** Also of what a tool has at hand of its last version, and all before: golang-migrate and Alembic keep one row. */
const upTo =
  (isLast: (file: LintFile, names: ReadonlySet<string>) => boolean): Bookkeeping['applied'] =>
  (names, files) => {
    const last = files.findLastIndex((file) => isLast(file, names));
    return (_, i) => i <= last;
  };

const bookkeeping: Readonly<Record<string, Bookkeeping>> = {
  'Prisma Migrate': {
    table: '_prisma_migrations',
    columns: ['migration_name', 'finished_at', 'rolled_back_at'],
    rows: (table) =>
      sql`SELECT migration_name AS name FROM ${table} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
    applied: named(folderName),
  },
  'Drizzle Kit': {
    table: '__drizzle_migrations',
    columns: ['hash'],
    rows: (table) => sql`SELECT hash AS name FROM ${table}`,
    applied: (names) => (file) => names.has(createHash('sha256').update(file.text).digest('hex')),
  },
  Knex: {
    table: 'knex_migrations',
    columns: ['name', 'batch'],
    rows: (table) => sql`SELECT name FROM ${table}`,
    applied: (names) => {
      const stems = new Set([...names].map(stem)); // built .js and written .ts are one migration
      return ({ path }) => stems.has(stem(path));
    },
  },
  'node-pg-migrate': {
    table: 'pgmigrations',
    columns: ['name', 'run_on'],
    rows: (table) => sql`SELECT name FROM ${table}`,
    applied: named(stem),
  },
  'golang-migrate': {
    table: 'schema_migrations',
    columns: ['version', 'dirty'],
    rows: (table) => sql`SELECT version::text AS name FROM ${table} WHERE NOT dirty`,
    applied: upTo(({ path }, names) => [...names].some((version) => Number(version) >= Number(number(path)))),
  },
  Flyway: {
    table: 'flyway_schema_history',
    columns: ['script', 'success'],
    rows: (table) => sql`SELECT script AS name FROM ${table} WHERE success`,
    applied: named(fileName),
  },
  Alembic: {
    table: 'alembic_version',
    columns: ['version_num'],
    rows: (table) => sql`SELECT version_num AS name FROM ${table}`,
    applied: upTo(({ source = '' }, names) =>
      names.has(/^revision\s*(?::[^=\n]+)?=\s*['"]([^'"]+)/mu.exec(source)?.[1] ?? ''),
    ),
  },
  Django: {
    table: 'django_migrations',
    columns: ['app', 'name'],
    rows: (table) => sql`SELECT app || '/' || name AS name FROM ${table}`,
    applied:
      (names) =>
      ({ path }) =>
        names.has(`${path.split('/').at(-3) ?? ''}/${stem(path)}`),
  },
  'graphile-migrate': {
    table: 'migrations',
    columns: ['hash', 'previous_hash', 'filename'],
    rows: (table) => sql`SELECT filename AS name FROM ${table}`,
    applied: named(fileName),
  },
  'Liquibase formatted SQL': {
    table: 'databasechangelog',
    columns: ['id', 'author', 'filename'],
    rows: (table) => sql`SELECT author || ':' || id AS name FROM ${table}`,
    applied:
      (names) =>
      ({ text }) => {
        const sets = [...text.matchAll(/^[ \t]*--[ \t]*changeset[ \t]+([^\s:]+:\S+)/gimu)];
        return sets.length > 0 && sets.every(([, name = '']) => names.has(name));
      },
  },
  ...{ dbmate: byVersion, Rails: byVersion },
  // its service for users has a table of the same name
  Supabase: { ...byVersion, columns: ['version', 'statements'] },
};

/** The files that the tool has not applied to this database, as its own table says; null when it has none. */
export async function notApplied(
  db: Queryable,
  runner: string,
  files: readonly LintFile[],
): Promise<readonly LintFile[] | null> {
  const tool = bookkeeping[runner];
  const table = tool && (await find(db, tool));
  if (!table) return null;
  const rows = await db.query<{ name: string }>(tool.rows(qualified(table)));
  const isApplied = tool.applied(new Set(rows.map(({ name }) => name)), files);
  return files.filter((file, i) => !isApplied(file, i));
}

/** Its own schema where it has one, such as `drizzle`; of several the one that was written to last is not known, so the first by name. */
async function find(db: Queryable, { table, columns }: Bookkeeping) {
  const [found] = await db.query<{ schema: string; name: string }>(sql`
    SELECT n.nspname::text AS schema, c.relname::text AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = ${table} AND c.relkind IN ('r', 'p', 'v')
       AND (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = ANY (${columns}::text[])) = ${columns.length}::int
     ORDER BY n.nspname <> 'public', n.nspname`);
  return found ?? null;
}
