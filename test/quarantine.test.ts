import { describe, expect, it } from 'vitest';
import { planMigration } from '../src/app/plan-migration.ts';
import { retryQuarantine } from '../src/app/quarantine.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { written } from './support/migration-file.ts';

// What does not fit never fails the application: it goes to quarantine, from both sides.

const open = async (db: TestDatabase) =>
  await db.rows<{ column: string; reason: string; original: unknown }>(
    `SELECT DISTINCT column_name AS column, reason, original FROM lockkeeper.quarantine WHERE state = 'open' ORDER BY 1, 2`,
  );

describe('extract_json', () => {
  const migration = () =>
    written(
      'prefs',
      `extract_json: { table: users, column: doc, remainder: reject, into: [{ table: prefs, columns: {
        n: { type: smallint, from: n }, b: { type: boolean, from: b, default: true, not_null: true }, d: { type: date, from: d },
        c: { type: text, from: c, check: "c <> 'forbidden'" }, e: { type: public.mood, from: e }, u: { type: uuid, from: u },
        dom: { type: public.positive, from: dom }, short: { type: "varchar(3)", from: short }, list: { type: "integer[]", from: list },
        deep: { type: integer, from: [p, deep] }, when_: { type: timestamptz, from: w }, j: { type: jsonb, from: j }, numeric_: { type: "numeric(4,2)", from: num } } }] }`,
    );
  const before = `CREATE TYPE mood AS ENUM ('fine'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
    CREATE TABLE users (id int PRIMARY KEY, doc jsonb); INSERT INTO users SELECT i, '{}' FROM generate_series(1, 60) i;`;

  /** A document for each way not to fit, and the column it concerns. */
  const misfits: readonly (readonly [column: string, doc: string])[] = [
    ['n', '{"n": "ten"}'],
    ['n', '{"n": 99999}'],
    ['n', '{"n": 1e400}'],
    ['n', '{"n": [1]}'],
    ['b', '{"b": "perhaps"}'],
    ['b', '{"b": {}}'],
    ['d', '{"d": "2026-02-30"}'],
    ['d', '{"d": ""}'],
    ['c', '{"c": "forbidden"}'],
    ['e', '{"e": "sad"}'],
    ['u', '{"u": "not-a-uuid"}'],
    ['dom', '{"dom": -1}'],
    ['list', '{"list": "{1,x}"}'],
    ['deep', '{"p": {"deep": "x"}}'],
    ['when_', '{"w": "yesterday-ish"}'],
    ['numeric_', '{"num": 12345}'],
    ['', '{"unknown": 1}'],
    ['', '[1]'],
    ['', '"scalar"'],
  ];

  it.each(['backfill', 'dual-write'] as const)(
    'values of every kind that do not fit, written in %s by INSERT and UPDATE, fail nothing and are kept',
    async (phase) => {
      const file = await migration();
      await withDatabase(before, async (db) => {
        const m = migrate(db.connect, file);
        await m.to(phase);
        for (const [i, [, doc]] of misfits.entries()) {
          await db.run(
            `INSERT INTO users VALUES (${1000 + i}, '${doc}'); UPDATE users SET doc = '${doc}' WHERE id = ${i + 1}`,
          );
          await db.run(`UPDATE users SET id = id + 5000 WHERE id = ${1000 + i}`);
        }
        await m.to('dual-write');
        expect(await m.verify()).toMatchObject({ ok: true });
        const found = (await open(db)).map((q) => q.column);
        for (const [column, doc] of misfits) expect(found, doc).toContain(column);
        // Nothing of the documents is changed, also when the new shape is written beside it.
        await db.run(`UPDATE prefs SET short = 'abc'`);
        for (const [i, [column, doc]] of misfits.entries()) {
          const kept = column === 'short' ? '{}' : doc;
          const rows = await db.rows(`SELECT doc @> '${kept}' AS kept FROM users WHERE id = ${6000 + i}`);
          expect(rows, doc).toEqual([{ kept: true }]);
        }
        await db.run(`UPDATE users SET doc = '{}' WHERE id IN (SELECT id FROM users)`);
        await m.approveAll();
        // Everything fits by now, and documents hold what the new shape says.
        expect(await m.apply('contract')).toMatchObject({ outcome: 'reached' });
      });
    },
  );

  it('new values that a document cannot hold stay in the new shape', async () => {
    const file = await migration();
    await withDatabase(before, async (db) => {
      const m = migrate(db.connect, file);
      await m.to('dual-write');
      await db.run(`UPDATE users SET doc = '[1]' WHERE id = 1; UPDATE users SET doc = '{"p": 5}' WHERE id = 2`);
      await db.run(
        `UPDATE prefs SET n = 7 WHERE user_id = 1; UPDATE prefs SET deep = 7 WHERE user_id = 2; UPDATE prefs SET numeric_ = 'NaN' WHERE user_id = 3`,
      );
      expect(await db.rows('SELECT n, deep FROM prefs WHERE user_id < 3 ORDER BY user_id')).toEqual([
        { n: 7, deep: null },
        { n: null, deep: 7 },
      ]);
      expect((await open(db)).map((q) => `${q.column}: ${q.reason}`)).toEqual(
        expect.arrayContaining([
          'deep: the document cannot hold the new value',
          'n: the document cannot hold the new value',
        ]),
      );
    });
  });

  it('a new value that a document cannot hold is told once, and settled when the document can', async () => {
    const file = await written(
      'prefs',
      'extract_json: { table: users, column: doc, remainder: drop, into: [{ table: prefs, columns: { deep: { type: integer, from: [p, deep] } } }] }',
    );
    await withDatabase(before, async (db) => {
      const m = migrate(db.connect, file);
      await m.to('dual-write');
      const retry = () => retryQuarantine(m.deps, { migration: file });
      await db.run(`UPDATE users SET doc = '{"p": 5}' WHERE id = 1`);
      for (const value of [7, 8]) await db.run(`UPDATE prefs SET deep = ${value} WHERE user_id = 1`);
      expect(await retry()).toMatchObject({ open: 1, groups: [{ column: 'deep', rows: 1 }] });
      await db.run(`UPDATE users SET doc = '{"p": 6}' WHERE id = 1`);
      expect(await retry()).toMatchObject({ open: 1 });
      await db.run(`UPDATE users SET doc = '{"p": {}}' WHERE id = 1; UPDATE prefs SET deep = 9 WHERE user_id = 1`);
      expect(await retry()).toMatchObject({ open: 0, settled: 1 });
    });
  });

  it('kinds with as many values each are told in one order', async () => {
    const file = await migration();
    await withDatabase(before, async (db) => {
      const m = migrate(db.connect, file);
      await m.to('expand');
      await db.run(`INSERT INTO lockkeeper.quarantine (migration, mapping, target, column_name, reason)
        SELECT 'prefs', '', 'prefs', column_name, 'told' FROM unnest('{d,b,h,a,g,c,f,e}'::text[]) column_name, generate_series(1, 500);
        ANALYZE lockkeeper.quarantine`);
      const { groups } = await retryQuarantine(m.deps, { migration: file });
      expect(groups.map((g) => g.column).join('')).toBe('abcdefgh');
    });
  });

  it('a json source takes what jsonb cannot hold, in every phase and on the way back from contract', async () => {
    const file = await written(
      'prefs',
      'extract_json: { table: users, column: doc, remainder: { table: prefs, column: other }, into: [{ table: prefs, columns: { a: { type: text, from: a } } }] }',
    );
    const unfit = String.raw`{ "a": "\u0000", "b": 1 }`;
    const table = `CREATE TABLE users (id int PRIMARY KEY, doc json)`;
    await withDatabase(`${table}; INSERT INTO users VALUES (1, '{"a": "x"}'), (2, '${unfit}')`, async (db) => {
      const m = migrate(db.connect, file);
      const found = async () => [
        await db.rows(`SELECT doc::text FROM users ORDER BY id`),
        await db.rows(`SELECT a, other FROM prefs ORDER BY user_id`),
      ];
      expect((await planMigration(m.deps, { migration: file })).misfits).toMatchObject([
        { column: 'doc', reason: 'the document is not an object' },
      ]);
      await m.to('expand');
      await db.run(`INSERT INTO users VALUES (3, '${unfit}')`);
      await m.to('dual-write');
      await db.run(`INSERT INTO users VALUES (4, '${unfit}'); UPDATE users SET doc = '${unfit}' WHERE id = 1`);
      await db.run(
        `UPDATE prefs SET a = 'kept here' WHERE user_id = 2; UPDATE users SET doc = '{"a": "y"}' WHERE id = 4`,
      );
      const shapes = [
        [unfit, unfit, unfit, '{"a": "y"}'].map((doc) => ({ doc })),
        [null, 'kept here', null, 'y'].map((a) => ({ a, other: null })),
      ];
      expect(await found()).toEqual(shapes);
      expect(await m.verify()).toMatchObject({ ok: true });
      expect(await retryQuarantine(m.deps, { migration: file })).toMatchObject({ open: 4 });
      await m.accept();
      await m.to('contract');
      await m.approveAll();
      await m.rollback('switch');
      expect(await found()).toEqual(shapes);
    });
  });

  it('one UPDATE of many rows with misfits takes no transaction id for each row', async () => {
    const file = await migration();
    await withDatabase(before, async (db) => {
      const m = migrate(db.connect, file);
      await m.to('dual-write');
      const found = await db.session.transaction(async () => {
        await db.run(`UPDATE users SET doc = '{"n": "ten", "d": "x", "c": "forbidden"}'`);
        return await db.rows(
          `SELECT s.* FROM pg_stat_get_backend_idset() AS b, pg_stat_get_backend_subxact(b) AS s WHERE pg_stat_get_backend_pid(b) = pg_backend_pid()`,
        );
      });
      expect(found).toEqual([{ subxact_count: 0, subxact_overflowed: false }]);
      expect(await m.verify()).toMatchObject({ ok: true });
    });
  });
});

describe('change_column_type', () => {
  const cases = [
    { type: 'smallint', from: 'text', fits: `'5'`, misfit: `'ten'`, back: `'x'`, up: undefined, down: undefined },
    { type: 'smallint', from: 'integer', fits: '5', misfit: '70000', up: undefined, down: undefined },
    { type: 'public.mood', from: 'text', fits: `'fine'`, misfit: `'sad'`, up: undefined, down: undefined },
    { type: 'date', from: 'text', fits: `'2026-01-01'`, misfit: `'never'`, up: undefined, down: undefined },
    {
      type: 'jsonb',
      from: 'text',
      fits: `'{}'`,
      misfit: String.raw`'{"a": "\u0000"}'`,
      up: undefined,
      down: undefined,
    },
    {
      type: 'jsonb',
      from: 'json',
      fits: `'{}'`,
      misfit: String.raw`'{"a": "\u0000"}'`,
      up: undefined,
      down: undefined,
    },
    { type: 'integer', from: 'numeric', fits: '1', misfit: '0', up: '(100 / a)::integer', down: '100.0 / b' },
  ] as const;
  it.each(cases)(
    'from $from to $type: neither side’s application ever fails',
    async ({ type, from, fits, misfit, up, down }) => {
      const file = await written(
        'change',
        `change_column_type: { table: items, column: a, to: b, type: ${type}${up ? `, up: "${up}"` : ''}${down ? `, down: "${down}"` : ''} }`,
      );
      const before = `CREATE TYPE mood AS ENUM ('fine');
      CREATE TABLE items (id int PRIMARY KEY, a ${from}, seen int); INSERT INTO items SELECT i, ${fits} FROM generate_series(1, 20) i; INSERT INTO items VALUES (99, ${misfit})`;
      await withDatabase(before, async (db) => {
        const m = migrate(db.connect, file);
        for (const phase of ['expand', 'backfill', 'dual-write', 'switch'] as const) {
          await m.to(phase);
          await db.run(`INSERT INTO items (id, a) VALUES (${100 + Math.trunc(db.url.length)} + (SELECT max(id) FROM items), ${misfit});
          UPDATE items SET a = ${misfit} WHERE id = 2; UPDATE items SET seen = 1; UPDATE items SET a = ${fits} WHERE id = 3`);
          expect(
            await db.rows(`SELECT a::text = (${misfit})::${from}::text AS kept, b FROM items WHERE id = 2`),
          ).toEqual([{ kept: true, b: null }]);
        }
        expect(await m.verify()).toMatchObject({ ok: true });
        await m.approveAll();
        expect((await m.apply('contract')).closedGates.map((g) => g.gate)).toContain('quarantine');
        expect((await open(db)).length).toBeGreaterThan(0);
        await db.run(`UPDATE items SET a = ${fits}`);
        await m.approveAll();
        expect((await m.apply('contract')).outcome).toBe('reached');
      });
    },
  );

  it('a value of the new type that does not go back is kept in the new column, also by a repair, and told', async () => {
    const file = await written('change', 'change_column_type: { table: items, column: a, to: b, type: text }');
    await withDatabase(
      `CREATE TABLE items (id int PRIMARY KEY, a smallint NOT NULL DEFAULT 0); INSERT INTO items VALUES (1, 1)`,
      async (db) => {
        const m = migrate(db.connect, file);
        await m.to('dual-write');
        await db.run(`UPDATE items SET b = 'many' WHERE id = 1; INSERT INTO items (id, b) VALUES (2, '99999')`);
        expect(await m.repair()).toMatchObject({ ok: true, mappings: [{ repaired: 0 }] });
        expect(await db.rows('SELECT a, b FROM items ORDER BY id')).toEqual([
          { a: 1, b: 'many' },
          { a: 0, b: '99999' },
        ]);
        expect((await open(db)).map((q) => q.reason)).toEqual(
          expect.arrayContaining(['does not convert back to smallint']),
        );
      },
    );
  });

  it('json that jsonb cannot hold fails no new code either, and is kept as text', async () => {
    const file = await written('change', 'change_column_type: { table: items, column: a, to: b, type: json }');
    const unfit = String.raw`{"a": "\u0000"}`;
    await withDatabase(
      `CREATE TABLE items (id int PRIMARY KEY, a jsonb); INSERT INTO items VALUES (1, '{}')`,
      async (db) => {
        const m = migrate(db.connect, file);
        await m.to('dual-write');
        await db.run(`UPDATE items SET b = '${unfit}' WHERE id = 1; INSERT INTO items (id, b) VALUES (2, '${unfit}')`);
        expect(await db.rows('SELECT a, b::text FROM items ORDER BY id')).toEqual([
          { a: {}, b: unfit },
          { a: null, b: unfit },
        ]);
        expect(await retryQuarantine(m.deps, { migration: file })).toMatchObject({ open: 2 });
        expect(await db.rows('SELECT DISTINCT original FROM lockkeeper.quarantine')).toEqual([{ original: unfit }]);
      },
    );
  });
});

describe.each([
  { how: 'with', key: 'PRIMARY KEY', times: 1 },
  { how: 'without', key: '', times: 3 },
])('a row of a table $how a key', ({ key, times }) => {
  it.each([
    ['does not convert to smallint', 'smallint', 'text', `SET a = 'ten'`, `SET a = '10'`],
    ['does not convert back to smallint', 'text', 'smallint', `SET b = 'ten'`, `SET b = '10'`],
  ])(
    '%s: it is told once, or without a key each time it is written, and settled when it does',
    async (reason, to, from, bad, good) => {
      const file = await written('change', `change_column_type: { table: items, column: a, to: b, type: ${to} }`);
      await withDatabase(
        `CREATE TABLE items (id int ${key}, a ${from}); INSERT INTO items VALUES (1, '1'), (2, '2')`,
        async (db) => {
          const m = migrate(db.connect, file);
          await m.to('dual-write');
          const retry = () => retryQuarantine(m.deps, { migration: file });
          await db.run(`UPDATE items ${bad} WHERE id = 1`);
          for (const round of [1, 2])
            await db.run(`UPDATE items ${good} WHERE id = 1; UPDATE items ${bad} WHERE id = 1; -- ${round}`);
          expect(await open(db)).toMatchObject([{ reason }]);
          expect(await retry()).toMatchObject({ open: times, groups: [{ reason, rows: times }] });
          await db.run(`UPDATE items ${good} WHERE id = 1`);
          expect(await retry()).toMatchObject({ open: 0, settled: times });
        },
      );
    },
  );
});

describe('constraints that a column takes along', () => {
  const before = `CREATE TABLE kinds (k text PRIMARY KEY); INSERT INTO kinds VALUES ('a'), ('b');
    CREATE TABLE items (id int PRIMARY KEY, kind text NOT NULL REFERENCES kinds, code text UNIQUE, size int CHECK (size > 0));
    INSERT INTO items SELECT i, 'a', 'c' || i, i FROM generate_series(1, 20) i;`;
  it.each([
    [
      'kind',
      'not null and a foreign key',
      `UPDATE items SET fresh = 'b' WHERE id = 1`,
      [`UPDATE items SET kind = 'nowhere' WHERE id = 2`, `UPDATE items SET fresh = 'nowhere' WHERE id = 2`],
    ],
    [
      'code',
      'unique',
      `UPDATE items SET fresh = 'x' WHERE id = 1`,
      [`UPDATE items SET code = 'c3' WHERE id = 2`, `UPDATE items SET fresh = 'c3' WHERE id = 2`],
    ],
    [
      'size',
      'a check',
      `UPDATE items SET fresh = 77 WHERE id = 1`,
      [`UPDATE items SET size = -1 WHERE id = 2`, `UPDATE items SET fresh = -1 WHERE id = 2`],
    ],
  ] as const)(
    '%s (%s): what was refused before is refused, and nothing else',
    async (column, _what, allowed, refused) => {
      const file = await written('rename', `rename_column: { table: items, from: ${column}, to: fresh }`);
      await withDatabase(before, async (db) => {
        const m = migrate(db.connect, file);
        for (const phase of ['dual-write', 'switch'] as const) {
          await m.to(phase);
          await db.run(allowed);
          for (const statement of refused)
            await expect(db.run(statement)).rejects.toMatchObject({ code: expect.stringMatching(/^23/) as unknown });
          await db.run(
            `INSERT INTO items (id, ${[...new Set(['kind', column])].join(', ')}) SELECT max(id) + 1, ${column === 'kind' ? `'a'` : `'a', ${column === 'code' ? `'n' || max(id)` : '5'}`} FROM items`,
          );
        }
        expect(await m.verify()).toMatchObject({ ok: true });
        await m.to('contract');
        await m.back();
      });
    },
  );
});
