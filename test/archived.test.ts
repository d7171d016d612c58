import { describe, expect, it } from 'vitest';
import { withMigration } from './support/shapes/journey.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
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
