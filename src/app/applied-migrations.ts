import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Queryable } from '../database/database.ts';
import type { LintFile } from '../lint/lint.ts';
import { parentsOf, revisionOf } from '../lint/runners/alembic.ts';
import { compareNames } from '../lint/runners/runner.ts';
import { qualified, sql, type Sql } from '../sql/sql.ts';

/** Where a tool keeps what it has applied, and how a row names a file. */
interface Bookkeeping {
  readonly table: string;
  /** Columns that tell it from another tool's table of the same name. */
  readonly columns: readonly string[];
  /** The tool's own schema, where it has one that nobody can choose. */
  readonly schema?: string;
  readonly rows: (table: Sql) => Sql;
  /** Those of the files, in their order, that are not applied, or what is left of them. */
  readonly left: (names: ReadonlySet<string>, files: readonly LintFile[]) => readonly LintFile[];
}

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const stem = (path: string): string => fileName(path).replace(/\.\w+$/u, '');
/** Some tools write it as a number. */
const number = (path: string): string => /^0*(\d+)/u.exec(fileName(path))?.[1] ?? '';
const folderName = (path: string): string => path.split('/').at(-2) ?? '';

const named =
  (nameOf: (file: LintFile) => string | undefined): Bookkeeping['left'] =>
  (names, files) =>
    files.filter((file) => !names.has(nameOf(file) ?? ''));

const byVersion = {
  table: 'schema_migrations',
  columns: ['version'],
  rows: (table: Sql) => sql`SELECT ltrim(version::text, '0') AS name FROM ${table}`,
  left: named(({ path }) => number(path)),
};

const bookkeeping: Readonly<Record<string, Bookkeeping>> = {
  'Prisma Migrate': {
    table: '_prisma_migrations',
    columns: ['migration_name', 'finished_at', 'rolled_back_at'],
    rows: (table) =>
      sql`SELECT migration_name AS name FROM ${table} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
    left: named(({ path }) => folderName(path)),
  },
  'Drizzle Kit': {
    table: '__drizzle_migrations',
    columns: ['hash', 'created_at'],
    rows: (table) => sql`SELECT hash AS name FROM ${table} UNION ALL SELECT max(created_at)::text FROM ${table}`,
    left: drizzleLeft,
  },
  Knex: {
    table: 'knex_migrations',
    columns: ['name', 'batch'],
    rows: (table) => sql`SELECT regexp_replace(name, '[.][^.]+$', '') AS name FROM ${table}`,
    left: named(({ path }) => stem(path)), // built .js and written .ts are one migration
  },
  'node-pg-migrate': {
    table: 'pgmigrations',
    columns: ['name', 'run_on'],
    rows: (table) => sql`SELECT name FROM ${table}`,
    left: named(({ path }) => stem(path)),
  },
  // one row: the last version, which is not applied when it failed
  'golang-migrate': {
    table: 'schema_migrations',
    columns: ['version', 'dirty'],
    rows: (table) => sql`SELECT (version - dirty::int)::text AS name FROM ${table}`,
    left: ([last = '-1'], files) => files.filter(({ path }) => Number(number(path)) > Number(last)),
  },
  goose: {
    table: 'goose_db_version',
    columns: ['version_id', 'is_applied'],
    rows: (table) => sql`
      SELECT version_id::text AS name
        FROM (SELECT DISTINCT ON (version_id) version_id, is_applied FROM ${table} ORDER BY version_id, id DESC) last
       WHERE is_applied`,
    left: named(({ path }) => number(path)),
  },
  'sql-migrate': {
    table: 'gorp_migrations',
    columns: ['id', 'applied_at'],
    rows: (table) => sql`SELECT id AS name FROM ${table}`,
    left: named(({ path }) => fileName(path)),
  },
  Sqitch: {
    table: 'changes',
    columns: ['change_id', 'change', 'project'],
    rows: (table) => sql`SELECT change AS name FROM ${table}`,
    left: named(({ version }) => version), // with its folders
  },
  Flyway: {
    table: 'flyway_schema_history',
    columns: ['script', 'success'],
    // the last row of each counts; what can be run again has no version, but a checksum
    rows: (table) => sql`
      SELECT CASE WHEN type IN ('BASELINE', 'SQL_BASELINE') THEN 'baseline ' || version
                  WHEN version IS NULL THEN regexp_replace(script, '^.*[/\\\\]', '') || ' ' || checksum
                  ELSE regexp_replace(script, '^.*[/\\\\]', '') END AS name
        FROM (SELECT DISTINCT ON (coalesce(version, script)) * FROM ${table}
               ORDER BY coalesce(version, script), installed_rank DESC) last
       WHERE success AND type NOT LIKE 'UNDO%' AND type <> 'DELETE'`,
    left: flywayLeft,
  },
  Alembic: {
    table: 'alembic_version',
    columns: ['version_num'],
    rows: (table) => sql`SELECT version_num AS name FROM ${table}`,
    left: alembicLeft,
  },
  Django: {
    table: 'django_migrations',
    columns: ['app', 'name'],
    rows: (table) => sql`SELECT app || '.' || name AS name FROM ${table}`,
    left: named(({ version }) => version),
  },
  'graphile-migrate': {
    table: 'migrations',
    columns: ['hash', 'previous_hash', 'filename'],
    schema: 'graphile_migrate',
    rows: (table) => sql`SELECT filename AS name FROM ${table}`,
    left: named(({ path }) => fileName(path)),
  },
  'Liquibase formatted SQL': {
    table: 'databasechangelog',
    columns: ['id', 'author', 'filename'],
    rows: (table) => sql`
      SELECT author || ':' || id || ' ' || regexp_replace(filename, '^.*[/\\\\]', '') AS name FROM ${table}
       WHERE exectype <> 'FAILED'`,
    left: liquibaseLeft,
  },
  ...{ dbmate: byVersion, Rails: byVersion },
  // its service for users has a table of the same name
  Supabase: { ...byVersion, schema: 'supabase_migrations' },
};

/** It compares times only: all up to the last in its journal. Without a journal it compares files. */
function drizzleLeft(names: ReadonlySet<string>, files: readonly LintFile[]): readonly LintFile[] {
  const last = Math.max(...[...names].filter((name) => /^\d+$/u.test(name)).map(Number));
  const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
  return files.filter(({ version, text }) =>
    version === undefined
      ? !names.has(hashOf(text)) && !names.has(hashOf(text.replaceAll('\r\n', '\n')))
      : Number(version) > last,
  );
}

/** A database that was taken over has a baseline, and nothing before it is run there. */
function flywayLeft(names: ReadonlySet<string>, files: readonly LintFile[]): readonly LintFile[] {
  const baselines = [...names].flatMap((name) => /^baseline (.+)$/u.exec(name)?.[1] ?? []);
  return files.filter(({ path, text, version }) => {
    const name = fileName(path);
    if (version === undefined) return !names.has(`${name} ${String(flywayChecksum(text))}`);
    if (name.startsWith('B') && names.size > 0) return false;
    return !names.has(name) && !baselines.some((baseline) => compareNames(version, baseline) <= 0);
  });
}

/** Of the lines, without what ends them. */
const flywayChecksum = (text: string): number =>
  crc32(text.replace(/^\u{feff}/u, '').replaceAll(/\r\n|\r|\n/gu, '')) | 0;

/** Those that no revision of the table comes after. */
function alembicLeft(names: ReadonlySet<string>, files: readonly LintFile[]): readonly LintFile[] {
  const byRevision = new Map(files.map(({ source = '' }) => [revisionOf(source), source]));
  const applied = new Set<string>();
  const visit = (revision: string) => {
    if (applied.has(revision)) return;
    applied.add(revision);
    parentsOf(byRevision.get(revision) ?? '').forEach(visit);
  };
  names.forEach(visit);
  return files.filter(({ source = '' }) => !applied.has(revisionOf(source) ?? ''));
}

/** Of a file, the changesets that were not run. */
function liquibaseLeft(names: ReadonlySet<string>, files: readonly LintFile[]): readonly LintFile[] {
  return files.flatMap((file) => {
    const sections = file.sections?.filter(({ version = '' }) => !names.has(`${version} ${fileName(file.path)}`)) ?? [];
    return sections.length === 0 ? [] : [{ ...file, sections }];
  });
}

/** The files that the tool has not applied to this database, as its own table says; null when it has none. */
export async function notApplied(
  db: Queryable,
  runner: string,
  files: readonly LintFile[],
): Promise<readonly LintFile[] | null> {
  const tool = bookkeeping[runner];
  const table = tool && (await find(db, tool));
  if (!table) return null;
  const rows = await db.query<{ name: string | null }>(tool.rows(qualified(table)));
  return tool.left(new Set(rows.flatMap(({ name }) => name ?? [])), files);
}

/** Its own schema where it has one, such as `drizzle`; of several the one that was written to last is not known, so the first by name. */
async function find(db: Queryable, { table, columns, schema }: Bookkeeping) {
  const [found] = await db.query<{ schema: string; name: string }>(sql`
    SELECT n.nspname::text AS schema, c.relname::text AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = ${table} AND c.relkind IN ('r', 'p', 'v') AND n.nspname = coalesce(${schema ?? null}, n.nspname)
       AND (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = ANY (${columns}::text[])) = ${columns.length}::int
     ORDER BY n.nspname <> 'public', n.nspname`);
  return found ?? null;
}
