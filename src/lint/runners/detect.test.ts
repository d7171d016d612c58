import { describe, expect, it } from 'vitest';
import { lintFiles } from '../lint.ts';
import { detectRunner, filesOf } from './detect.ts';

function folderOf(files: Record<string, string>, path = 'migrations') {
  return {
    path,
    names: new Set(Object.keys(files)),
    texts: new Map(Object.entries(files)),
    loadRuby: () => Promise.reject(new Error('There is no Ruby here.')),
  };
}

async function lint(files: Record<string, string>, path?: string) {
  const folder = folderOf(files, path);
  const runner = detectRunner(folder);
  const read = await filesOf(folder, runner);
  const found = lintFiles(read).flatMap((file) => [
    ...(file.error ? [`${file.path}: ${file.error.message}`] : []),
    ...file.findings.map(({ rule, line, column }) => `${file.path}:${line}:${column} ${rule}`),
  ]);
  return { runner: runner.name, paths: read.map((file) => file.path), found };
}

const index = 'CREATE INDEX CONCURRENTLY i ON orders (day);';

describe('the runner', () => {
  it('is Prisma: a file of one statement is no transaction', async () => {
    expect(
      await lint({ 'migration_lock.toml': '', '2_b/migration.sql': `SELECT 1; ${index}`, '1_a/migration.sql': index }),
    ).toEqual({
      runner: 'Prisma Migrate',
      paths: ['1_a/migration.sql', '2_b/migration.sql'],
      found: ['2_b/migration.sql:1:11 not-allowed-in-transaction'],
    });
  });

  it('is Drizzle: everything is in one transaction', async () => {
    const files = { 'meta/_journal.json': '{}', '0000_a.sql': `SELECT 1;\n--> statement-breakpoint\n${index}` };
    expect(await lint(files)).toMatchObject({
      runner: 'Drizzle Kit',
      found: ['0000_a.sql:3:1 not-allowed-in-transaction'],
    });
  });

  it('is Supabase', async () => {
    expect(await lint({ '1_a.sql': index }, 'supabase/migrations')).toMatchObject({
      runner: 'Supabase',
      found: ['1_a.sql:1:1 not-allowed-in-transaction'],
    });
  });

  it('is dbmate: only what stands under migrate:up is run', async () => {
    const a = `-- migrate:up transaction:false\n${index}\n\n-- migrate:down\nDROP TABLE orders;`;
    const b = `-- migrate:up\n${index}\n-- migrate:down\n`;
    expect(await lint({ '2_b.sql': b, '1_a.sql': a })).toEqual({
      runner: 'dbmate',
      paths: ['1_a.sql', '2_b.sql'],
      found: ['2_b.sql:2:1 not-allowed-in-transaction'],
    });
  });

  it('is goose, or sql-migrate: without a transaction statement by statement', async () => {
    const file = (mark: string, up: string, head = '') =>
      `${head}-- +${mark} Up${up}\nSET lock_timeout = 1;\n${index}\n-- +${mark} Down\nDROP TABLE orders;`;
    const bare = file('goose', '', '-- +goose NO TRANSACTION\n');
    expect(await lint({ '2_b.sql': file('goose', ''), '10_c.sql': bare })).toEqual({
      runner: 'goose',
      paths: ['2_b.sql', '10_c.sql'],
      found: ['2_b.sql:3:1 not-allowed-in-transaction'],
    });
    expect(await lint({ '1.sql': file('migrate', ''), '2.sql': file('migrate', ' notransaction') })).toEqual({
      runner: 'sql-migrate',
      paths: ['1.sql', '2.sql'],
      found: ['1.sql:3:1 not-allowed-in-transaction'],
    });
  });

  it('is Sqitch: only what is deployed is read', async () => {
    const files = { '../sqitch.plan': '', 'a.sql': 'BEGIN; DROP TABLE a; COMMIT;' };
    expect(await lint(files, 'db/deploy')).toMatchObject({ runner: 'Sqitch', found: ['a.sql:1:8 drop-table'] });
    expect((await lint(files, 'db/revert')).paths).toEqual([]);
  });

  it('is Sqitch: the plan says in which order, and keeps the first script of what is made anew', async () => {
    const plan = `%project=x\n\nzoo 2024-01-01T00:00:00Z A <a@b> # first\n+ ant [zoo] 2024-01-02T00:00:00Z A <a@b>\n@v1 2024-01-02T00:00:00Z A <a@b>\n# no\nzoo [zoo@v1] 2024-01-03T00:00:00Z A <a@b>\n`;
    const scripts = {
      'ant.sql': 'ALTER TABLE t ALTER a TYPE varchar(9)',
      'new.sql': '',
      'zoo.sql': '',
      'zoo@v1.sql': 'CREATE TABLE t (a varchar(5))',
    };
    expect(await lint({ '../sqitch.plan': plan, ...scripts }, 'db/deploy')).toEqual({
      runner: 'Sqitch',
      paths: ['zoo@v1.sql', 'ant.sql', 'zoo.sql', 'new.sql'],
      found: [],
    });
  });

  it('is golang-migrate', async () => {
    expect(await lint({ '10_b.up.sql': index, '9_a.up.sql': 'SELECT 1', '9_a.down.sql': 'DROP TABLE a' })).toEqual({
      runner: 'golang-migrate',
      paths: ['9_a.up.sql', '10_b.up.sql'],
      found: [],
    });
  });

  it('is Flyway: versions are ordered as numbers, placeholders are names', async () => {
    expect(
      await lint({
        'R__views.sql': 'CREATE OR REPLACE VIEW v AS SELECT 1',
        'V10__b.sql': `SET lock_timeout = 1; ${index}`,
        'V2__a.sql': index,
        'V3__c.sql': 'CREATE TABLE ${schema}.a (id bigint)',
      }),
    ).toEqual({
      runner: 'Flyway',
      paths: ['V2__a.sql', 'V3__c.sql', 'V10__b.sql', 'R__views.sql'],
      found: ['V10__b.sql:1:23 not-allowed-in-transaction'],
    });
  });

  it('is Liquibase: each changeset is a transaction of its own', async () => {
    const text = [
      '--liquibase formatted sql',
      '--changeset me:1',
      'CREATE TABLE a (id bigint);',
      '--rollback DROP TABLE a;',
      '--changeset me:2 runInTransaction:false',
      index,
      '--changeset me:3',
      index,
      'CREATE INDEX ON a (id);',
    ].join('\n');
    expect(await lint({ 'changes.sql': text })).toMatchObject({
      runner: 'Liquibase formatted SQL',
      found: ['changes.sql:8:1 not-allowed-in-transaction'],
    });
  });

  it('is Liquibase: a changeset has an end of statements of its own', async () => {
    const text = [
      '--liquibase formatted sql',
      '--changeset me:1 endDelimiter:/',
      'CREATE TABLE a (id bigint DEFAULT 4 / 2)',
      '/',
      'DROP TABLE b /',
      '--changeset me:2 splitStatements:true endDelimiter:"GO"',
      'DROP TABLE c',
      'GO',
      '--changeset me:3',
      'DROP TABLE d',
      '-- changeset me:4',
      'DROP TABLE e;',
    ].join('\n');
    expect(await lint({ 'changes.sql': text })).toMatchObject({
      found: [5, 7, 10, 12].map((line) => `changes.sql:${line}:1 drop-table`),
    });
  });

  it('is graphile-migrate', async () => {
    const files = {
      'committed/000001.sql': `--! Previous: -\n${index}`,
      'current.sql': `--! no-transaction\n${index}`,
    };
    expect(await lint(files)).toEqual({
      runner: 'graphile-migrate',
      paths: ['committed/000001.sql', 'current.sql'],
      found: ['committed/000001.sql:2:1 not-allowed-in-transaction'],
    });
  });

  it('is node-pg-migrate, in SQL and in scripts', async () => {
    const sql = `-- Up Migration\n${index}\n-- Down Migration\nDROP TABLE a;`;
    const script = `exports.up = (pgm) => {\n  pgm.noTransaction();\n  pgm.sql(\`${index}\`);\n};\nexports.down = (pgm) => pgm.sql('DROP TABLE a');`;
    expect(await lint({ '1_a.sql': sql, '2_b.js': script })).toMatchObject({
      runner: 'node-pg-migrate',
      found: ['1_a.sql:2:1 not-allowed-in-transaction'],
    });
  });

  it('is Knex: literal SQL in its place, nothing computed', async () => {
    const script = [
      'export async function up(knex) {',
      "  await knex.raw('DROP TABLE orders');",
      '  await knex.raw(`ALTER TABLE a\n    ADD COLUMN b int NOT NULL`);',
      '  await knex.raw(`DROP TABLE ${name}`);',
      "  await knex.raw('SELECT ?', [1]);",
      '}',
      "export async function down(knex) { await knex.raw('DROP TABLE b'); }",
    ].join('\n');
    expect(await lint({ '1_a.ts': script })).toMatchObject({
      runner: 'Knex',
      found: [
        '1_a.ts:2:19 drop-table',
        '1_a.ts:3:19 locks-multiple-tables',
        '1_a.ts:4:5 add-column-not-null-no-default',
      ],
    });
  });

  it('is nobody: plain files by name, statement by statement', async () => {
    expect(
      await lint({ '10.sql': index, '9.sql': 'CREATE TABLE orders (day date)', '9.down.sql': 'DROP TABLE x' }),
    ).toEqual({
      runner: 'plain SQL files',
      paths: ['9.sql', '10.sql'],
      found: [],
    });
  });
});
