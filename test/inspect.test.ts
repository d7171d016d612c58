import { describe, expect, it } from 'vitest';
import { inspect } from '../src/app/inspect.ts';
import { systemClock } from '../src/clock.ts';
import type { Deps } from '../src/app/deps.ts';
import { parseMigration } from '../src/migration/read-migration.ts';
import { Journal } from '../src/journal/journal.ts';
import { planWith } from '../src/app/plan-migration.ts';
import { renderInspect, type InspectDocument } from '../src/report/inspect.ts';
import { inline, sql } from '../src/sql/sql.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { shapeOf } from './support/shape.ts';

const depsOn = ({ connect }: Pick<TestDatabase, 'connect'>): Deps => ({
  connect,
  clock: systemClock,
  emit: () => undefined,
  signal: new AbortController().signal,
  config: { cwd: '.', migrations: 'migrations', journalSchema: 'lockkeeper', protected: false },
  self: { host: 'test', process: 1 },
});

const look = (db: TestDatabase, table: string, column?: string, showValues = false): Promise<InspectDocument> =>
  inspect(depsOn(db), { table, showValues, ...(column === undefined ? {} : { column }) });

/** The draft's one operation, as the project's own reader understands it. */
function drafted({ draft }: InspectDocument): unknown {
  const { document } = parseMigration(draft ?? '', { file: 'draft.yaml', format: 'yaml' });
  return document.operations[0]?.['extract_json'];
}

/** What planning it says, which proves that the server takes every name and type. */
async function plannable(db: TestDatabase, document: InspectDocument): Promise<readonly string[]> {
  const migration = parseMigration(document.draft ?? '', { file: 'draft.yaml', format: 'yaml' });
  const plan = await planWith(depsOn(db), db.session, migration);
  await new Journal('lockkeeper').install(db.session);
  for (const step of plan.phases.flatMap((p) => p.steps))
    if (step.kind === 'ddl' && step.phase === 'expand') await db.run(step.sql);
  return plan.newTables.map((t) => t.name);
}

const users = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, preferences jsonb);
  CREATE VIEW preferring AS SELECT id, preferences FROM users;
  CREATE VIEW mailing AS SELECT id, email FROM users;
  CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
  INSERT INTO users
  SELECT i, 'u' || i, CASE WHEN i % 50 = 0 THEN NULL WHEN i % 50 = 1 THEN '[1]' WHEN i % 50 = 2 THEN '{"theme": "secret", "items": "many"}' ELSE
         jsonb_build_object('theme', (ARRAY['light', 'dark'])[1 + i % 2], 'items', i % 7,
                            'notifications', jsonb_build_object('email', i % 3 > 0, 'digest', 'daily'),
                            'sidebar', jsonb_build_object('width', 240)) END
    FROM generate_series(1, 500) i;
  UPDATE users SET preferences = preferences || '{"once": 1}' WHERE id = 7;
  ANALYZE users`;

describe('inspect', () => {
  it('describes a table and who uses it', () =>
    withDatabase(users, async (db) => {
      const found = await look(db, 'users');
      expect(found).toMatchObject({
        schema: 'lockkeeper.inspect/1',
        table: { schema: 'public', name: 'users', kind: 'table', rows: 500, partitions: 0 },
        column: null,
        json: null,
        draft: null,
        statementsWhy: expect.stringContaining('pg_stat_statements') as string,
      });
      expect(found.columns.map((c) => [c.name, c.type, c.notNull, c.key])).toEqual([
        ['id', 'bigint', true, true],
        ['email', 'text', true, false],
        ['preferences', 'jsonb', false, false],
      ]);
      expect(found.dependants.map((d) => `${d.kind} ${d.name}`)).toEqual([
        'foreign key orders_user_id_fkey on public.orders',
        'view public.mailing',
        'view public.preferring',
      ]);
      expect(found.notes).toEqual([
        'preferences holds JSON; its structure: lockkeeper inspect public.users.preferences',
      ]);
      expect(found.table.tableBytes).toBeGreaterThan(0);
    }));

  it('looks at one column alone', () =>
    withDatabase(users, async (db) => {
      const found = await look(db, 'public.users', 'email');
      expect(found.columns.map((c) => c.name)).toEqual(['email']);
      expect(found.indexes.map((i) => i.name)).toEqual(['users_email_key']);
      expect(found.dependants.map((d) => d.name)).toEqual(['public.mailing']);
      expect([found.json, found.draft]).toEqual([null, null]);
    }));

  it('drafts the tables that a JSON column can become', () =>
    withDatabase(users, async (db) => {
      const found = await look(db, 'users', 'preferences');
      expect(found.json?.documents).toMatchObject({ sqlNull: 10, arrays: 10, objects: 480 });
      expect(drafted(found)).toEqual({
        table: 'users',
        column: 'preferences',
        into: [
          {
            table: 'user_preferences',
            columns: {
              theme: { type: 'text', from: 'theme' },
              items: { type: 'integer', from: 'items' },
              sidebar_width: { type: 'integer', from: 'sidebar.width' },
            },
          },
          {
            table: 'notification_preferences',
            columns: {
              email: { type: 'boolean', from: 'notifications.email' },
              digest: { type: 'text', from: 'notifications.digest' },
            },
          },
        ],
        remainder: { table: 'user_preferences', column: 'other' },
      });
      expect(await plannable(db, found)).toEqual(['user_preferences', 'notification_preferences']);
    }));

  it('rejects a remainder when every key has its column', () =>
    withDatabase(
      `CREATE TABLE t (id int PRIMARY KEY, d json); INSERT INTO t SELECT i, '{"a": 1}' FROM generate_series(1, 9) i`,
      async (db) => expect(drafted(await look(db, 't', 'd'))).toMatchObject({ remainder: 'reject' }),
    ));

  it.each([
    ['no rows', ''],
    ['arrays only', `INSERT INTO t SELECT i, '[{"a": 1}]' FROM generate_series(1, 9) i`],
    ['objects without keys', `INSERT INTO t SELECT i, '{}' FROM generate_series(1, 9) i`],
    ['rare keys only', `INSERT INTO t SELECT i, jsonb_build_object('k' || i, 1) FROM generate_series(1, 700) i`],
  ])('drafts nothing when there is nothing to move: %s', (_, rows) =>
    withDatabase(`CREATE TABLE t (id int PRIMARY KEY, d jsonb); ${rows}`, async (db) => {
      expect((await look(db, 't', 'd')).draft).toBeNull();
    }),
  );

  it('shows values only when asked', () =>
    withDatabase(users, async (db) => {
      const silent = await look(db, 'users', 'preferences');
      expect(JSON.stringify(silent) + renderInspect(silent)).not.toMatch(/secret|many|daily/);
      const open = await look(db, 'users', 'preferences', true);
      expect(open.json?.paths.find((p) => p.path[0] === 'theme')?.values).toEqual(['dark', 'light', 'secret']);
      expect(renderInspect(open)).toContain('dark, light, secret');
      expect(open.draft).toBe(silent.draft);
    }));

  it('leaves nothing behind', () =>
    withDatabase(users, async (db) => {
      const before = await shapeOf(db);
      await look(db, 'users', 'preferences');
      expect(await shapeOf(db)).toEqual(before);
    }));

  it('refuses what is not there', () =>
    withDatabase(users, async (db) => {
      await expect(look(db, 'user')).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
      await expect(look(db, 'users', 'nothing')).rejects.toMatchObject({ code: 'COLUMN_NOT_FOUND' });
    }));

  it('says what to grant when it may not read the rows', () =>
    withDatabase(users, async (db) => {
      const connect: TestDatabase['connect'] = async (role, migration) => {
        const session = await db.connect(role, migration);
        await db.run(`DO $$ BEGIN CREATE ROLE inspecting; EXCEPTION WHEN duplicate_object THEN END $$`);
        await session.query({ parts: [{ text: 'SET ROLE inspecting' }] });
        return session;
      };
      await expect(
        inspect(depsOn({ connect }), { table: 'users', column: 'preferences', showValues: false }),
      ).rejects.toMatchObject({
        code: 'PERMISSION_MISSING',
        fix: 'GRANT SELECT ON "public"."users" TO "inspecting";',
      });
    }));
});

describe('hostile names', () => {
  const keys = [
    ...[
      'id',
      'user_id',
      'thing_id',
      'ctid',
      '__proto__',
      'constructor',
      'a.b',
      'a b',
      'ä',
      'A',
      'a',
      'other',
      '',
      '  ',
    ],
    ...[
      'null',
      'true',
      '1',
      "it's",
      'say "hi"',
      '# no comment',
      '- dash',
      '{ flow: x }',
      '&anchor',
      '*alias',
      '!tag',
      '%',
      '@',
    ],
    ...[
      'line\nbreak',
      'tab\there',
      '\u001b[31mred',
      '\u202eright',
      'x'.repeat(70),
      'x'.repeat(71),
      '日本'.repeat(20),
      '$1',
      '\\',
    ],
  ];
  const documentOf = (some: readonly string[]): string =>
    inline(sql`${`{${some.map((k) => `${JSON.stringify(k)}: 1`).join()}, "nested.x": {"id": 1, "b": 2}}`}::jsonb`);

  it.each([
    ['things', 'd'],
    ['Th ing"s', 'D "q"'],
    ['dot.ted', 'x.y'],
    ['order', 'select'],
    ['日本語', '設定'],
    ['t'.repeat(63), 'c'.repeat(63)],
  ])('table %s, column %s', (table, column) =>
    withDatabase('', async (db) => {
      const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
      await db.run(`
        CREATE SCHEMA "Sche ma.x";
        CREATE TABLE "Sche ma.x".${quoted(table)} (id int PRIMARY KEY, ${quoted(column)} jsonb);
        INSERT INTO "Sche ma.x".${quoted(table)} SELECT i, ${documentOf(keys)} FROM generate_series(1, 9) i`);
      const found = await look(db, `Sche ma.x.${table}`, column);
      expect(found.json?.paths).toHaveLength(keys.length + 3);
      const operation = drafted(found) as { into: { columns: object }[]; remainder: unknown };
      expect(operation.into.map((t) => Object.keys(t.columns).length)).toEqual([keys.length, 2]);
      expect(operation.remainder).toBe('reject');
      const shown = renderInspect(found);
      expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
      expect((shown.split('\nDraft\n')[0] ?? '').split('\n').filter((line) => Array.from(line).length > 100)).toEqual(
        [],
      );
    }),
  );

  const groups = keys.flatMap((_, i) => (i % 6 === 0 ? [keys.slice(i, i + 6)] : []));
  it.each(groups.map((group) => ({ group })))('the server takes what is drafted for $group', ({ group }) =>
    withDatabase(
      `CREATE TABLE "T x" (id int PRIMARY KEY, d jsonb); INSERT INTO "T x" SELECT i, ${documentOf(group)} FROM generate_series(1, 9) i`,
      async (db) => expect(await plannable(db, await look(db, 'T x', 'd'))).toEqual(['T x_d', 'nested.x_d']),
    ),
  );
});
