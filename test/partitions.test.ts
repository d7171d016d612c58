import { expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { withMigration } from './support/shapes/journey.ts';

// Partitions that come and go while a migration runs, as retention jobs have them.

const before = `
  CREATE TABLE items (id bigint, day integer, value integer, document jsonb, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
  CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (1) TO (2); CREATE TABLE items_2 PARTITION OF items FOR VALUES FROM (2) TO (3);
  CREATE TABLE items_3 PARTITION OF items FOR VALUES FROM (3) TO (4);
  INSERT INTO items SELECT i, 1 + i % 3, i, jsonb_build_object('theme', 'theme ' || i) FROM generate_series(1, 30) i`;

const operations = {
  extract_json: {
    table: 'items',
    column: 'document',
    into: [{ table: 'extracted', columns: { theme: { type: 'text', from: 'theme' } } }],
    remainder: 'drop',
    foreign_key: false,
  },
  rename_column: { table: 'items', from: 'value', to: 'value_new' },
};

it.each(Object.entries(operations))('%s', (kind, fields) =>
  withMigration('partitions', [{ [kind]: fields }], (file) =>
    withDatabase(before, async (db) => {
      const m = migrate(db.connect, file);
      await m.to('expand');
      await db.run(`CREATE TABLE items_4 PARTITION OF items FOR VALUES FROM (4) TO (5)`);
      await db.run(`INSERT INTO items SELECT i, 4, i, '{"theme": "new"}' FROM generate_series(40, 45) i`);
      await m.to('dual-write');
      await db.run(`DELETE FROM items_1; DROP TABLE items_1; UPDATE items SET day = 4 WHERE id = 1; TRUNCATE items_3`);
      await m.to('switch');
      expect(await m.verify()).toMatchObject({ ok: true });
      await m.to('contract');
      await db.run(`DELETE FROM items_2; DROP TABLE items_2`);
      if (kind === 'extract_json')
        await db.run(
          `DELETE FROM extracted e WHERE NOT EXISTS (SELECT FROM items i WHERE i.id = e.id AND i.day = e.day)`,
        );
      await m.back('switch');
      expect(await m.verify()).toMatchObject({ ok: true });
      await m.back();
      expect(
        await db.rows(
          'SELECT count(*)::int AS n, count(value)::int AS values, count(document)::int AS documents FROM items',
        ),
      ).toEqual([{ n: 7, values: 7, documents: 7 }]);
    }),
  ),
);
