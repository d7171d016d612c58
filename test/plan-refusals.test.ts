import { expect, inject, it } from 'vitest';
import { planMigration } from '../src/app/plan-migration.ts';
import { withDatabase } from './support/database.ts';
import { engineOn } from './support/engine.ts';
import { stepped } from './support/stepped.ts';
import { written } from './support/migration-file.ts';

// What would go wrong halfway, or on the way back, is refused while nothing has been changed.

const extraction = (more = '') =>
  `extract_json: { table: users, column: preferences, into: [{ table: prefs, columns: { theme: { type: text, from: theme } } }], remainder: drop${more} }`;

async function planned(before: string, operations: readonly string[]): Promise<unknown> {
  const migration = await written('refused', operations.join('\n  - '));
  return await withDatabase(before, async (db) => {
    const { deps } = engineOn(db.connect, migration);
    return await planMigration(deps, { migration }).then(
      ({ schema }) => schema,
      (error: unknown) => (error as { code: string }).code,
    );
  });
}

it.each([
  ['that is NOT NULL itself', 'NOT NULL'],
  ['whose condition refuses NULL', 'CHECK (VALUE IS NOT NULL)'],
])('a column of a domain %s: no row could be inserted without it, not even after contract', async (_, condition) => {
  const before = (type: string) =>
    `CREATE DOMAIN inner_one AS ${type} ${condition}; CREATE DOMAIN outer_one AS inner_one;
     CREATE TABLE users (id bigint PRIMARY KEY, preferences outer_one)`;
  expect(await planned(before('jsonb'), [extraction()])).toBe('NOT_SUPPORTED_YET');
  const change = 'change_column_type: { table: users, column: preferences, type: integer }';
  expect(await planned(before('integer'), [change])).toBe('NOT_SUPPORTED_YET');
  expect(
    await planned(
      'CREATE DOMAIN positive AS integer CHECK (VALUE > 0); CREATE TABLE users (id bigint PRIMARY KEY, preferences positive)',
      [change],
    ),
  ).toBe('lockkeeper.plan/1');
});

it.runIf(inject('serverMajor') >= 18)(
  'a NOT NULL that is not validated: no row could be inserted without the column, not even after contract',
  async () => {
    const before = (end: string) =>
      `CREATE TABLE users (id bigint PRIMARY KEY, name text, preferences jsonb); ALTER TABLE users ADD CONSTRAINT named NOT NULL name NOT VALID, ADD CONSTRAINT kept NOT NULL preferences NOT VALID; ${end}`;
    const proven = 'ALTER TABLE users VALIDATE CONSTRAINT named; ALTER TABLE users VALIDATE CONSTRAINT kept';
    for (const operation of [extraction(), 'rename_column: { table: users, from: name, to: full_name }']) {
      expect(await planned(before(''), [operation])).toBe('NOT_SUPPORTED_YET');
      expect(await planned(before(proven), [operation])).toBe('lockkeeper.plan/1');
    }
  },
);

it.runIf(inject('serverMajor') >= 18)(
  'a column in a constraint WITHOUT OVERLAPS: no unique index takes its place',
  async () => {
    const before = `CREATE EXTENSION btree_gist; CREATE TABLE stays (id bigint PRIMARY KEY, room text, days daterange, UNIQUE (room, days WITHOUT OVERLAPS))`;
    for (const column of ['room', 'days'])
      expect(await planned(before, [`rename_column: { table: stays, from: ${column}, to: other }`])).toBe(
        'NOT_SUPPORTED_YET',
      );
  },
);

it('a rule ON UPDATE, which would rewrite our own updates: there would be no way back from contract', async () => {
  const before = (rule: string) =>
    `CREATE TABLE users (id bigint PRIMARY KEY, name text, preferences jsonb); CREATE TABLE audit (id bigint); CREATE RULE audit AS ON ${rule}`;
  const renaming = 'rename_column: { table: users, from: name, to: full_name }';
  for (const operation of [extraction(), renaming]) {
    expect(await planned(before('UPDATE TO users DO ALSO INSERT INTO audit VALUES (NEW.id)'), [operation])).toBe(
      'NOT_SUPPORTED_YET',
    );
    expect(await planned(before('DELETE TO users DO ALSO INSERT INTO audit VALUES (OLD.id)'), [operation])).toBe(
      'lockkeeper.plan/1',
    );
  }
});

it('a column that another operation of the migration adds: a write through the last one would not reach the first', async () => {
  const before = 'CREATE TABLE users (id bigint PRIMARY KEY, a jsonb, other jsonb)';
  const rename = (from: string, to: string) => `rename_column: { table: users, from: ${from}, to: ${to} }`;
  expect(await planned(before, [rename('a', 'b'), rename('b', 'c')])).toBe('NOT_SUPPORTED_YET');
  expect(await planned(before, [rename('a', 'preferences'), extraction()])).toBe('NOT_SUPPORTED_YET');
  expect(await planned(before, [rename('a', 'b'), rename('other', 'a')])).toBe('COLUMN_EXISTS');
  expect(await planned(before, [rename('a', 'b'), rename('other', 'c')])).toBe('lockkeeper.plan/1');
});

it('a foreign key to a key of periods', async () => {
  const before = `CREATE TABLE users (id int4range, during daterange, preferences jsonb, PRIMARY KEY (id, during WITHOUT OVERLAPS))`;
  expect(await planned(before, [extraction()])).toBe('NOT_SUPPORTED_YET');
  expect(await planned(before, [extraction(', foreign_key: false')])).toBe('lockkeeper.plan/1');
});

it.each([
  ['types are looked up', 'to_regtype('],
  ['values are read', 'SET statement_timeout = '],
])(
  'a connection that is lost while %s is told as lost, and not as a mistake of the migration',
  async (_, statement) => {
    const migration = await written('refused', extraction());
    await withDatabase('CREATE TABLE users (id bigint PRIMARY KEY, preferences jsonb)', async (db) => {
      let ended = 0;
      const connect = stepped(db.connect, async ({ when, text, session }) => {
        if (when !== 'before' || !text.includes(statement) || ended++) return;
        await db.run(`SELECT pg_terminate_backend(${session.pid}, 5000)`);
      });
      const { deps } = engineOn(connect, migration);
      await expect(planMigration(deps, { migration })).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
      expect(await planMigration(deps, { migration })).toMatchObject({ schema: 'lockkeeper.plan/1' });
    });
  },
);
