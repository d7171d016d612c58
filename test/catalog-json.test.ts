import { describe, expect, it } from 'vitest';
import { inferJson } from '../src/catalog/infer-json.ts';
import type { JsonPath, JsonStructure } from '../src/catalog/json-structure.ts';
import { inline, raw, sql } from '../src/sql/sql.ts';
import { withDatabase } from './support/database.ts';

const docs = { schema: 'public', name: 'docs' };

/** The structure of these documents, each stored `times` times; NULL stands for itself. */
const infer = (documents: readonly unknown[], type: 'json' | 'jsonb' = 'jsonb', times = 1): Promise<JsonStructure> =>
  withDatabase(`CREATE TABLE docs (d ${type})`, async (db) => {
    for (const d of documents)
      await db.query(
        sql`INSERT INTO docs SELECT ${d === null ? null : typeof d === 'string' ? d : JSON.stringify(d)}::json
              FROM generate_series(1, ${times}::int)`,
      );
    return inferJson(db, docs, 'd');
  });

const at = (structure: JsonStructure, ...path: string[]): JsonPath | undefined =>
  structure.paths.find((p) => JSON.stringify(p.path) === JSON.stringify(path));

const none = { object: 0, array: 0, string: 0, number: 0, boolean: 0, null: 0 };

describe('inferJson', () => {
  it.each(['json', 'jsonb'] as const)('counts what whole documents are (%s)', async (type) => {
    const found = await infer([null, null, {}, 'null', [1], [{ a: 1 }], '"x"', '1', 'true', { a: 1 }], type);
    expect(found.documents).toEqual({
      sqlNull: 2,
      objects: 1,
      empty: 1,
      jsonNull: 1,
      arrays: 2,
      scalars: 3,
      unreadable: 0,
    });
    expect([found.rows, found.sampled, found.basis, found.pathCount]).toEqual([10, false, 'all 10 rows', 1]);
    expect(found.paths).toEqual([
      {
        path: ['a'],
        rows: 1,
        share: 0.1,
        rare: false,
        types: { ...none, number: 1 },
        nullShare: 0,
        fits: 'integer',
        suggested: 'integer',
        misfits: 0,
        misfitTypes: none,
        maxLength: 1,
        distinct: 1,
        choices: null,
        values: null,
        valueRows: null,
      },
    ]);
  });

  it('has nothing to say about an empty table', async () => {
    const found = await infer([]);
    expect([found.rows, found.paths, found.pathCount]).toEqual([0, [], 0]);
  });

  it('follows objects five levels down, and not into arrays', async () => {
    const found = await infer([{ a: { b: { c: { d: { e: { f: 1 } } } } }, list: [{ x: 1 }], 'odd "key"': { '': 1 } }]);
    expect(found.paths.map((p) => p.path.join('/')).sort()).toEqual([
      'a',
      'a/b',
      'a/b/c',
      'a/b/c/d',
      'a/b/c/d/e',
      'list',
      'odd "key"',
      'odd "key"/',
    ]);
    expect([at(found, 'a')?.suggested, at(found, 'list')?.suggested]).toEqual(['jsonb', 'jsonb']);
  });

  it.each([
    [[true, false], 'boolean'],
    [[1, -2147483648, 2147483647, 0], 'integer'],
    [[1, 2147483648], 'bigint'],
    [['9223372036854775807', '-9223372036854775808'].map(raw), 'bigint'],
    [[raw('9223372036854775808')], 'numeric'],
    [[1, 1.5, raw('1e400'), raw('-0.001')], 'numeric'],
    [[raw('1.0')], 'numeric'],
    [['2024-02-29', '1999-12-31'], 'date'],
    [['2024-02-29T10:00:00Z', '2024-02-29 10:00+02', '2024-12-31T23:59:59.123456-05:30'], 'timestamptz'],
    [['6f9619ff-8b86-d011-b42d-00c04fc964ff', '0F9619FF-8B86-D011-B42D-00C04FC964FF'], 'uuid'],
    // strings that only look like something else
    [['2023-02-29'], 'text'],
    [['2024-04-31'], 'text'],
    [['0000-01-01'], 'text'],
    [['2024-13-01'], 'text'],
    [['2024-02-29T10:00:00'], 'text'],
    [['2024-02-29T24:00:01Z'], 'text'],
    [['2024-02-29T10:00:00.1234567Z'], 'text'],
    [['2024-02-30T10:00:00Z'], 'text'],
    [['٢٠٢٤-02-01'], 'text'],
    [['12345', '01234'], 'text'],
    [['true', 'false'], 'text'],
    [['6f9619ff-8b86-d011-b42d'], 'text'],
    [['-', '1e', '1.', '.5', 'NaN', 'Infinity', ''], 'text'],
    [[1, true], 'text'],
    // mixtures
    [['2024-01-01', '2024-01-01T00:00:00Z'], 'text'],
    [[1, 'x'], 'text'],
    [[1, [1]], 'jsonb'],
    [['x', {}], 'jsonb'],
    [[null], 'text'],
    [[null, 1], 'integer'],
  ])('finds the narrowest type for %j', async (values, expected) => {
    const documents = values.map((v) => `{"a": ${isRaw(v) ? inline(v) : JSON.stringify(v)}}`);
    expect(at(await infer(documents), 'a')?.fits).toBe(expected);
  });

  const isRaw = (value: unknown): value is ReturnType<typeof raw> =>
    typeof value === 'object' && value !== null && 'parts' in value;

  it('never calls a type fitting that PostgreSQL would not cast to', () =>
    withDatabase('CREATE TABLE docs (d jsonb)', async (db) => {
      const zones = ['Z', '+00', '-15:59', '+1559', '+16', '+01:60', ''];
      const days = ['0001-01-01', '1900-02-29', '2000-02-29', '9999-12-31', '2021-06-31', '2021-11-30', '2021-00-10'];
      const times = ['T00:00', ' 23:59:59', 'T24:00:00', 'T10:60', 'T10:00:60'];
      const values = days.flatMap((d) => [d, ...times.flatMap((t) => zones.map((z) => d + t + z))]);
      await db.query(sql`INSERT INTO docs SELECT jsonb_object_agg(v, v) FROM unnest(${values}::text[]) v`);
      const { paths } = await inferJson(db, docs, 'd');
      expect(paths).toHaveLength(values.length);
      for (const { path, fits } of paths) await db.query(sql`SELECT ${path[0] ?? ''}::text::${raw(fits)}`);
      expect(paths.filter((p) => p.fits !== 'text')).toHaveLength(36);
    }));

  it('suggests the type of nearly all values, and counts those that do not fit', async () => {
    const few = [{ a: 'many' }, { a: '7' }, { a: true }, { a: [1] }, { a: null }];
    const numbers = (count: number) => Array.from({ length: count }, (_, i) => ({ a: i }));
    const found = at(await infer([...few, ...numbers(96)]), 'a');
    expect([found?.fits, found?.suggested, found?.misfits]).toEqual(['jsonb', 'integer', 3]);
    expect(found?.misfitTypes).toEqual({ ...none, string: 1, boolean: 1, array: 1 });
    expect(found?.types).toEqual({ ...none, number: 96, string: 2, boolean: 1, array: 1, null: 1 });
    expect(found?.nullShare).toBeCloseTo(1 / 101);
    const tooFew = at(await infer([...few, ...numbers(40)]), 'a');
    expect([tooFew?.suggested, tooFew?.misfits]).toEqual(['text', 1]);
  });

  it('counts different values, and recognises an enumeration without saying its values', async () => {
    const documents = Array.from({ length: 300 }, (_, i) => ({
      id: i,
      theme: ['dark', 'light', 'auto'][i % 3],
      on: i % 2 === 0,
      ...(i < 5 && { email: `${i}@x` }),
    }));
    const found = await infer(documents);
    expect([at(found, 'theme')?.distinct, at(found, 'theme')?.choices, at(found, 'theme')?.maxLength]).toEqual([
      3, 3, 5,
    ]);
    expect(at(found, 'id')?.distinct).toBeGreaterThan(295);
    expect(at(found, 'id')?.distinct).toBeLessThan(305);
    expect(['id', 'on', 'email'].map((key) => at(found, key)?.choices)).toEqual([null, null, null]);
    expect(JSON.stringify(found)).not.toMatch(/dark|light|auto/);
  });

  it('shows the values of an enumeration, and of nothing else, when asked', () =>
    withDatabase(
      `CREATE TABLE docs (d jsonb);
       INSERT INTO docs SELECT jsonb_build_object('theme', CASE i % 4 WHEN 0 THEN 'dark' ELSE 'light' END, 'email', i || '@x')
         FROM generate_series(1, 100) i`,
      async (db) => {
        const found = await inferJson(db, docs, 'd', { showValues: true });
        expect(at(found, 'theme')).toMatchObject({ values: ['dark', 'light'], valueRows: [25, 75] });
        expect(at(found, 'email')?.values).toBe(null);
      },
    ));

  it('marks keys that hardly any document has', async () => {
    const found = await infer([{ often: 1, seldom: 1 }, ...Array.from({ length: 199 }, () => ({ often: 1 }))]);
    expect(found.paths.map((p) => [p.path, p.share, p.rare])).toEqual([
      [['often'], 1, false],
      [['seldom'], 0.005, true],
    ]);
  });

  it('lists the 500 most frequent paths of documents whose keys are data', async () => {
    const documents = Array.from({ length: 20 }, (_, i) =>
      Object.fromEntries([['name', 1], ...Array.from({ length: 50 }, (_, k) => [`key ${i} ${k}`, k] as const)]),
    );
    const found = await infer(documents);
    expect([found.paths.length, found.pathCount, found.paths[0]?.path]).toEqual([500, 1001, ['name']]);
    expect(found.documents.objects).toBe(20);
  });

  it('does not fail on json that jsonb cannot hold', async () => {
    const readable = ['{"a": "\\ud83d\\ude00"}', '{"a": "\\\\u0000"}', '{"a": 1e30, "a": 2}'];
    const unreadable = ['{"a": "\\u0000"}', '{"\\u0000": 1}', '{"a": "\\ud83d"}', '{"a": 1e999999}'];
    const found = await infer([...readable, ...unreadable], 'json');
    expect([found.rows, found.documents.unreadable, at(found, 'a')?.rows]).toEqual([7, 4, 3]);
  });

  it('samples a table with more rows than it was told to look at', () =>
    withDatabase(
      `CREATE TABLE docs (id int, d jsonb) PARTITION BY HASH (id);
       CREATE TABLE docs_0 PARTITION OF docs FOR VALUES WITH (MODULUS 2, REMAINDER 0);
       CREATE TABLE docs_1 PARTITION OF docs FOR VALUES WITH (MODULUS 2, REMAINDER 1);
       INSERT INTO docs SELECT i, '{"a": 1}' FROM generate_series(1, 20000) i; ANALYZE docs`,
      async (db) => {
        const sample = await inferJson(db, docs, 'd', { sampleRows: 5000 });
        expect(sample.sampled).toBe(true);
        expect(sample.basis).toBe(`${sample.rows} of about 20000 rows (TABLESAMPLE SYSTEM, 25.0 %)`);
        expect(sample.rows).toBeGreaterThan(1000);
        expect(sample.rows).toBeLessThan(12000);
        expect(await inferJson(db, docs, 'd', { sampleRows: 5000 })).toEqual(sample);
        expect((await inferJson(db, docs, 'd')).rows).toBe(20000);
      },
    ));

  it('reads domains over json, hostile names, in a read-only transaction', () =>
    withDatabase(
      `CREATE DOMAIN doc AS json; CREATE TABLE "we""ird 🚢" ("D" doc); INSERT INTO "we""ird 🚢" VALUES ('{"a": 1}'), (NULL);
       BEGIN READ ONLY`,
      async (db) => {
        const found = await inferJson(db, { schema: 'public', name: 'we"ird 🚢' }, 'D');
        expect([found.rows, found.documents.sqlNull, at(found, 'a')?.rows]).toEqual([2, 1, 1]);
        await db.execute(sql`ROLLBACK`);
      },
    ));
});
