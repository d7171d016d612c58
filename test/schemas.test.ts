import { expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { withMigration } from './support/shapes/journey.ts';

// More than one of what mappings are told apart by, and those who follow the changes.

const tables = ['a', 'b', '"a.b"']
  .map(
    (
      schema,
      n,
    ) => `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.items (id integer PRIMARY KEY, value integer, document jsonb);
      INSERT INTO ${schema}.items SELECT i, i + ${n} * 1000, jsonb_build_object('theme', '${schema}') FROM generate_series(1, 20) i;`,
  )
  .join('\n');

const extract = (schema: string) => ({
  extract_json: {
    table: { schema, name: 'items' },
    column: 'document',
    into: [{ table: { schema, name: 'extracted' }, columns: { theme: { type: 'text', from: 'theme' } } }],
    remainder: 'drop',
  },
});
const rename = (schema: string) => ({
  rename_column: { table: { schema, name: 'items' }, from: 'value', to: 'value_new' },
});

it('tables of one name in several schemas, in one migration', () =>
  withMigration(
    'schemas',
    [extract('a'), extract('b'), extract('a.b'), rename('a'), rename('b'), rename('a.b')],
    (file) =>
      withDatabase(tables, async (db) => {
        const m = migrate(db.connect, file);
        await m.to('dual-write');
        expect((await m.verify()).mappings.map((x) => [x.mapping, x.compared, x.ok])).toEqual([
          ...['a', 'b', '"a.b"'].map((schema) => [`${schema}.items.document`, 20, true]),
          ...['a', 'b', '"a.b"'].map((schema) => [`${schema}.items.value`, 20, true]),
        ]);
        await db.run(
          `UPDATE a.items SET value = 0; UPDATE b.extracted SET theme = 'x'; UPDATE "a.b".items SET document = NULL`,
        );
        expect(await m.verify()).toMatchObject({ ok: true });
        await m.to('contract');
        await m.back();
        expect(
          await db.rows(`SELECT sum(a.value)::int AS a, count(b.document) FILTER (WHERE b.document ->> 'theme' = 'x')::int AS b, count(c.document)::int AS c
          FROM a.items a JOIN b.items b USING (id) JOIN "a.b".items c USING (id)`),
        ).toEqual([{ a: 0, b: 20, c: 0 }]);
      }),
  ));

it('a replication slot of all tables holds nothing up and sees every change', () =>
  withMigration('slot', [extract('a'), rename('a')], (file) =>
    withDatabase(`${tables} CREATE PUBLICATION everything FOR ALL TABLES`, async (db) => {
      const slot = `slot_${process.pid}`;
      await db.rows(`SELECT pg_create_logical_replication_slot('${slot}', 'pgoutput')`);
      try {
        const m = migrate(db.connect, file);
        await m.to('dual-write');
        await db.run(
          'UPDATE a.extracted SET theme = NULL WHERE item_id = 1; UPDATE a.items SET value_new = 5 WHERE id = 2',
        );
        await m.to('contract');
        await m.back();
        const changes = await db.rows<{ data: Buffer }>(
          `SELECT data FROM pg_logical_slot_get_binary_changes('${slot}', NULL, NULL, 'proto_version', '1', 'publication_names', 'everything')`,
        );
        expect(changes.filter(({ data }) => data.toString('latin1').startsWith('U')).length).toBeGreaterThan(20);
      } finally {
        await db.rows(`SELECT pg_drop_replication_slot('${slot}')`);
      }
    }),
  ));
