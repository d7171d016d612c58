import { describe, expect, inject, it } from 'vitest';
import { listArchives, purgeArchive } from '../src/app/archive.ts';
import { rollbackMigration } from '../src/app/rollback-migration.ts';
import { withMigration } from './support/shapes/journey.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { written } from './support/migration-file.ts';
import { shapeOf } from './support/shape.ts';

// After contract the old column is only kept. What it says, which nobody keeps up, must refuse and cascade nothing.

const rename = [{ rename_column: { table: 'items', from: 'value', to: 'value_new' } }];

const contracted = (
  before: string,
  work: (db: TestDatabase, m: ReturnType<typeof migrate>) => Promise<void>,
): Promise<void> =>
  withMigration('archived', rename, (file) =>
    withDatabase(before, async (db) => {
      const began = await shapeOf(db);
      const m = migrate(db.connect, file);
      await m.to('contract');
      await work(db, m);
      await m.back('switch');
      expect(await m.verify()).toMatchObject({ ok: true });
      // Forward once more, and back for good.
      await m.to('contract');
      await m.back();
      expect(await shapeOf(db)).toEqual(began);
    }),
  );

const values = (db: TestDatabase, column = 'value') =>
  db.rows<{ id: number; v: unknown }>(`SELECT id, ${column} AS v FROM items ORDER BY id`);

it.each(['extract_json', 'rename_column'])('%s waits with contract while a view reads the old column', (kind) =>
  withMigration(
    'archived',
    kind === 'rename_column'
      ? rename
      : [
          {
            extract_json: {
              table: 'items',
              column: 'value',
              into: [{ table: 'parts', columns: { a: { type: 'text', from: 'a' } } }],
              remainder: 'drop',
            },
          },
        ],
    (file) =>
      withDatabase('CREATE TABLE items (id integer PRIMARY KEY, value jsonb)', async (db) => {
        const m = migrate(db.connect, file);
        await m.to('switch');
        await db.run('CREATE VIEW "Shown" AS SELECT id, value FROM items');
        const { closedGates } = await m.apply('contract');
        expect(closedGates.find((g) => g.gate === 'old-shape-unused')?.why).toContain('view public."Shown"');
      }),
  ),
);

it.runIf(inject('serverMajor') >= 15)(
  'a publication that filters rows by the old column keeps contract waiting: it would go on with what nobody keeps up',
  async () => {
    const file = await written(
      'parts',
      'extract_json: { table: items, column: value, into: [{ table: parts, columns: { a: { type: text, from: a } } }], remainder: drop }',
    );
    const before = `CREATE TABLE items (id integer PRIMARY KEY, value jsonb); ALTER TABLE items REPLICA IDENTITY FULL;
      CREATE PUBLICATION listed FOR TABLE items (id, value)`;
    await withDatabase(before, async (db) => {
      const m = migrate(db.connect, file);
      await m.to('switch');
      const why = async () => (await m.apply('contract')).closedGates.find((g) => g.gate === 'old-shape-unused')?.why;
      expect(await why()).not.toContain('listed');
      await db.run(`CREATE PUBLICATION filtered FOR TABLE items WHERE (id > 0 AND value ->> 'a' = 'x')`);
      expect(await why()).toContain('row filter filtered would go on');
    });
  },
);

it('a purge that was asked for one archive does not drop the next one of the same column', () =>
  contracted(
    'CREATE TABLE items (id integer PRIMARY KEY, value text); INSERT INTO items VALUES (1, $$x$$)',
    async (db, m) => {
      const [first] = (await listArchives(m.deps)).archives;
      const purged = purgeArchive(m.deps, {
        id: first?.id ?? 0,
        confirm: async () => {
          await m.back('switch');
          await m.to('contract');
          return true;
        },
      });
      await expect(purged).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND' });
      expect((await listArchives(m.deps)).archives).toHaveLength(1);
    },
  ));

it('a rollback that was asked for before a purge is refused after it, before anything is undone', () =>
  withMigration('archived', rename, (file) =>
    withDatabase('CREATE TABLE items (id integer PRIMARY KEY, value text)', async (db) => {
      const m = migrate(db.connect, file);
      await m.to('contract');
      const purging = async () => {
        await m.purge();
        return true;
      };
      const back = rollbackMigration(m.deps, { migration: file }, { confirm: purging, to: 'switch' });
      await expect(back).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND' });
      expect(await m.run()).toMatchObject({ phase: 'contract', state: 'done' });
    }),
  ));

it('extract_json takes constraints of the document away with it, and brings them back', () =>
  withMigration(
    'archived',
    [
      {
        extract_json: {
          table: 'items',
          column: 'value',
          into: [{ table: 'parts', columns: { email: { type: 'text', from: 'email' } } }],
          remainder: 'drop',
        },
      },
    ],
    (file) =>
      withDatabase(
        `CREATE TABLE items (id integer PRIMARY KEY, tenant integer, value jsonb CONSTRAINT object CHECK (jsonb_typeof(value) = 'object'), CONSTRAINT few CHECK (tenant > 0 OR value IS NOT NULL));
         CREATE UNIQUE INDEX emails ON items (tenant, (value ->> 'email')); COMMENT ON CONSTRAINT few ON items IS 'why';
         INSERT INTO items VALUES (1, 1, '{"email": "a"}'), (2, 2, '{"email": "b"}')`,
        async (db) => {
          const began = await shapeOf(db);
          const m = migrate(db.connect, file);
          await m.to('contract');
          await db.run(`
            UPDATE parts SET email = 'c' WHERE item_id = 1; UPDATE parts SET email = 'a' WHERE item_id = 2; UPDATE items SET tenant = 1 WHERE id = 2;
            UPDATE parts SET email = 'b' WHERE item_id = 1; INSERT INTO items VALUES (3, 0)`);
          await db.run(`UPDATE items SET tenant = 1 WHERE id = 3`);
          await m.back();
          expect(await shapeOf(db)).toEqual(began);
          expect(await values(db)).toEqual([
            { id: 1, v: { email: 'b' } },
            { id: 2, v: { email: 'a' } },
            { id: 3, v: null },
          ]);
        },
      ),
  ));

describe('the archived column', () => {
  it.each(['CASCADE', 'SET NULL', 'RESTRICT', 'NO ACTION'])('does not follow its parents: ON DELETE %s', (action) =>
    contracted(
      `CREATE TABLE parents (id integer PRIMARY KEY); INSERT INTO parents VALUES (1), (2);
       CREATE TABLE items (id integer PRIMARY KEY, value integer NOT NULL DEFAULT 1 CONSTRAINT parent REFERENCES parents ON DELETE ${action.replace('SET NULL', 'CASCADE')});
       COMMENT ON CONSTRAINT parent ON items IS 'why'; INSERT INTO items VALUES (1, 1), (2, 2)`,
      async (db) => {
        await db.run(`UPDATE items SET value_new = 2; DELETE FROM parents WHERE id = 1`);
        expect(await values(db, 'value_new')).toEqual([
          { id: 1, v: 2 },
          { id: 2, v: 2 },
        ]);
        await db.run('INSERT INTO parents VALUES (1); INSERT INTO items VALUES (3)');
      },
    ),
  );

  it.each([
    'CONSTRAINT u UNIQUE (tenant, value)',
    'CONSTRAINT u UNIQUE NULLS NOT DISTINCT (value) INCLUDE (tenant)',
    '',
  ])('is not unique: %s', (constraint) =>
    contracted(
      `CREATE TABLE items (id integer PRIMARY KEY, tenant integer NOT NULL, value text${constraint && `, ${constraint}`});
         ${constraint ? `COMMENT ON CONSTRAINT u ON items IS 'why'` : `CREATE UNIQUE INDEX u ON items (tenant, lower(value)) WHERE value <> ''; COMMENT ON INDEX u IS 'why'; ALTER INDEX u ALTER COLUMN 2 SET STATISTICS 7`};
         INSERT INTO items VALUES (1, 1, 'a'), (2, 2, 'b')`,
      async (db, m) => {
        // Values that change places, and one that another row of the archive still has.
        await db.run(`
            UPDATE items SET value_new = 'c' WHERE id = 1; UPDATE items SET value_new = 'a', tenant = 1 WHERE id = 2;
            UPDATE items SET value_new = 'b', tenant = 1 WHERE id = 1; INSERT INTO items VALUES (3, 3)`);
        await expect(db.run(`INSERT INTO items (id, tenant, value_new) VALUES (4, 1, 'a')`)).rejects.toThrow('"u"');
        await m.back('switch');
        await expect(db.run(`INSERT INTO items (id, tenant, value) VALUES (4, 1, 'a')`)).rejects.toThrow('duplicate');
        expect(await values(db)).toEqual([
          { id: 1, v: 'b' },
          { id: 2, v: 'a' },
          { id: 3, v: null },
        ]);
        await m.to('contract');
      },
    ),
  );

  it('is not checked', () =>
    contracted(
      `CREATE TABLE items (id integer PRIMARY KEY, until integer, value integer, CONSTRAINT order_ CHECK (value < until), CONSTRAINT there CHECK (value IS NOT NULL));
       ALTER TABLE items ADD CONSTRAINT later CHECK (value > 0) NOT VALID; INSERT INTO items VALUES (1, 10, 5)`,
      async (db) => {
        await db.run(
          'UPDATE items SET value_new = 1, until = 2; INSERT INTO items (id, until, value_new) VALUES (2, 9, 8)',
        );
        await expect(db.run('UPDATE items SET value_new = 11')).rejects.toThrow('order_');
        await expect(db.run('UPDATE items SET value_new = 0')).rejects.toThrow('later');
      },
    ));

  it('takes no number from its sequence', () =>
    contracted(
      `CREATE TABLE items (id integer PRIMARY KEY, value serial); INSERT INTO items SELECT generate_series(1, 3)`,
      async (db, m) => {
        await db.run('INSERT INTO items VALUES (4); INSERT INTO items VALUES (5)');
        expect((await values(db, 'value_new')).map((r) => r.v)).toEqual([1, 2, 3, 4, 5]);
        await m.back();
        await m.to('contract');
      },
    ));
});

describe('a new shape that was changed since contract stops the way back before the application would notice', () => {
  const extract = {
    extract_json: {
      table: 'items',
      column: 'value',
      into: [{ table: 'parts', columns: { a: { type: 'integer', from: 'a' } } }],
      remainder: 'drop',
    },
  };
  it.each([
    ['a column of it was renamed', extract, 'parts', 'RENAME COLUMN a TO b', 'RENAME COLUMN b TO a'],
    ['a column of it has another type', extract, 'parts', 'ALTER COLUMN a TYPE bigint', 'ALTER COLUMN a TYPE integer'],
    ['it was renamed', rename[0], 'items', 'RENAME COLUMN value_new TO other', 'RENAME COLUMN other TO value_new'],
  ])('%s', (_what, operation, table, change, back) =>
    withMigration('changed', [operation], (file) =>
      withDatabase(
        `CREATE TABLE items (id integer PRIMARY KEY, value jsonb, note text); INSERT INTO items VALUES (1, '{"a": 1}'), (2, NULL)`,
        async (db) => {
          const m = migrate(db.connect, file);
          await m.to('contract');
          await db.run(`ALTER TABLE ${table} ${change}`);
          await expect(m.back('switch')).rejects.toMatchObject({ code: 'STEP_FAILED' });
          await db.run(`UPDATE items SET note = 'written'; INSERT INTO items (id) VALUES (3)`);
          await db.run(`ALTER TABLE ${table} ${back}`);
          await m.back('switch');
          expect(await m.verify()).toMatchObject({ ok: true });
          expect(await values(db)).toMatchObject([{ v: { a: 1 } }, { v: null }, { id: 3 }]);
        },
      ),
    ),
  );
});

it('a row that a trigger of the application does not let us update is named, and the way back goes on without the trigger', async () => {
  const before = `
    CREATE TABLE items (id int PRIMARY KEY, value text, closed boolean NOT NULL DEFAULT false);
    INSERT INTO items SELECT i, 'a' FROM generate_series(1, 2000) AS i;
    CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.closed THEN RAISE 'closed items stay as they are'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER keep BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION keep()`;
  await withMigration('archived', rename, (file) =>
    withDatabase(before, async (db) => {
      const m = migrate(db.connect, file);
      await m.to('contract');
      await db.run(`UPDATE items SET value_new = 'b', closed = true WHERE id = 1990`);
      await expect(m.back('switch')).rejects.toMatchObject({
        code: 'STEP_FAILED',
        message: expect.stringContaining('stopped at a row of items') as unknown,
        fix: expect.stringContaining('DISABLE TRIGGER') as unknown,
      });
      await db.run('ALTER TABLE items DISABLE TRIGGER keep');
      await m.back('switch');
      await db.run('ALTER TABLE items ENABLE TRIGGER keep');
      expect(await m.verify()).toMatchObject({ ok: true });
      expect(await db.rows('SELECT value FROM items WHERE id = 1990')).toEqual([{ value: 'b' }]);
    }),
  );
});
