import { describe, expect, it } from 'vitest';
import { written } from './support/migration-file.ts';
import { race, type Race, type Setting } from './support/race.ts';

// Which values are written where, and which are left alone.

const settings = 'test/support/migrations/settings.yaml';
const users = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb);
  INSERT INTO users VALUES (1, 'one', '{"theme": "light", "size": 1, "notifications": {"email": false}}'), (2, 'two', '{}'), (3, 'three', NULL),
    (4, 'four', '{"theme": "light", "notifications": "none"}'), (5, 'five', '{"size": 10}')`;
const inPhase = (phase: Setting['phase'], work: (r: Race) => Promise<void>, more = '') =>
  race({ migration: settings, before: `${users}; ${more}`, phase }, work);
const preferences = async ({ row }: Race, id: number) =>
  (await row(`SELECT preferences FROM users WHERE id = ${id}`))?.['preferences'];
const copy = ({ row }: Race, id: number) => row(`SELECT theme, size, email FROM settings WHERE user_id = ${id}`);

describe('columns one by one', () => {
  it('old code that writes one key leaves a value alone for which the document has no place', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run(`
        UPDATE settings SET email = false WHERE user_id = 4;
        UPDATE users SET preferences = preferences || '{"theme": "dark"}' WHERE id = 4`);
      expect(await copy(r, 4)).toEqual({ theme: 'dark', size: null, email: false });
      expect(await preferences(r, 4)).toEqual({ theme: 'dark', notifications: 'none' });
      await r.db.run(`UPDATE users SET preferences = preferences || '{"notifications": "all"}' WHERE id = 4`);
      expect(await copy(r, 4)).toEqual({ theme: 'dark', size: null, email: false });
    }));

  it('a document that becomes an object again says what holds, also where it says nothing', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run(`
        UPDATE users SET preferences = '[]' WHERE id = 5;
        UPDATE settings SET email = false WHERE user_id = 5`);
      expect(await copy(r, 5)).toMatchObject({ email: false });
      await r.db.run(`UPDATE users SET preferences = '{}' WHERE id = 5`);
      expect(await copy(r, 5)).toMatchObject({ email: true });
    }));

  it('new code that writes one column writes no other key', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run('UPDATE settings SET size = 5 WHERE user_id IN (2, 3)');
      expect([await preferences(r, 2), await preferences(r, 3)]).toEqual([{ size: 5 }, { size: 5 }]);
    }));

  it('a default that new code writes itself is written down: old code reads the document', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run(`
        INSERT INTO users (id) VALUES (50); BEGIN; INSERT INTO users (id) VALUES (51); INSERT INTO settings (user_id, theme) VALUES (51, 'system'); COMMIT`);
      expect([await preferences(r, 50), await preferences(r, 51)]).toEqual([
        null,
        { theme: 'system', notifications: { email: true } },
      ]);
    }));

  it('a write that means the same to the new shape does not touch its row', () =>
    inPhase('dual-write', async (r) => {
      const version = () => r.row('SELECT xmin::text, ctid::text FROM settings WHERE user_id = 5');
      const before = await version();
      await r.db.run(`UPDATE users SET preferences = '{"size": "10"}' WHERE id = 5`);
      expect(await version()).toEqual(before);
      expect(await preferences(r, 5)).toEqual({ size: '10' });
    }));

  it('a value for which the document has no place does not touch it', () =>
    inPhase('dual-write', async (r) => {
      const version = () => r.row('SELECT xmin::text, ctid::text FROM users WHERE id = 4');
      const before = await version();
      await r.db.run('UPDATE settings SET email = false WHERE user_id = 4');
      expect(await version()).toEqual(before);
      expect(await copy(r, 4)).toMatchObject({ email: false });
    }));

  it('normalisers on both sides that never agree fail nobody', () =>
    inPhase(
      'dual-write',
      async (r) => {
        await r.db.run(`
          CREATE FUNCTION longer_copy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.theme := NEW.theme || 'n'; RETURN NEW; END $$;
          CREATE TRIGGER longer_copy BEFORE UPDATE ON settings FOR EACH ROW EXECUTE FUNCTION longer_copy()`);
        await r.db.run(`UPDATE users SET preferences = preferences || '{"theme": "Dark"}' WHERE id = 1`);
        expect((await r.m.verify()).ok).toBe(false);
        await r.db.run(
          `DROP TRIGGER longer_copy ON settings; DROP TRIGGER longer_document ON users; UPDATE users SET preferences = preferences || '{"theme": "light"}' WHERE id = 1`,
        );
      },
      `CREATE FUNCTION longer_document() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.preferences := jsonb_set(NEW.preferences, '{theme}', to_jsonb((NEW.preferences ->> 'theme') || 'o')); RETURN NEW; END $$;
       CREATE TRIGGER longer_document BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.preferences ? 'theme') EXECUTE FUNCTION longer_document()`,
    ));
});

describe('values that do not fit', () => {
  it('fail no old writer, whether type or check refuses them, first and tenth time', () =>
    inPhase('dual-write', async (r) => {
      for (let i = 0; i < 10; i++)
        await r.db.run(`
          UPDATE users SET preferences = '{"size": "many", "notifications": {"email": "perhaps"}}' WHERE id = 1;
          UPDATE users SET preferences = '{"size": -1}' WHERE id = 2; UPDATE users SET preferences = '{"size": 99999999999}' WHERE id = 3;
          INSERT INTO users VALUES (${50 + i}, 'x', '{"size": "none"}');
          UPDATE users SET preferences = '{"size": 1}' WHERE id <= 3`);
      expect(await copy(r, 2)).toMatchObject({ size: 1 });
      expect(await copy(r, 59)).toMatchObject({ size: null });
      expect(await preferences(r, 59)).toEqual({ size: 'none' });
    }));

  it('stop no copy', () =>
    inPhase(
      'expand',
      async (r) => {
        await r.m.to('dual-write');
        expect([await copy(r, 90), await copy(r, 91), await copy(r, 92)]).toEqual([
          { theme: 'system', size: null, email: true },
          { theme: 'system', size: null, email: true },
          { theme: null, size: null, email: true },
        ]);
      },
      `INSERT INTO users VALUES (90, 'x', '{"size": "many"}'), (91, 'x', '{"size": -1, "notifications": {"email": "perhaps"}}'), (92, 'x', '{"theme": {}}')`,
    ));
});

describe('values of types that JSON has no scalar for', () => {
  const facts = (type: string) =>
    written(
      'documents',
      `extract_json: { table: users, column: preferences, into: [{ table: facts, columns: { fact: { type: '${type}', from: fact } } }], remainder: drop }`,
    );
  it.each([
    ['text[]', '{a,"b c",NULL}', '{d}'],
    ['public.place', '(1,"a b")', '(2,)'],
    ['public.document', '{"a": [1]}', '["b"]'],
    ['int4range', '[1,5)', 'empty'],
  ])('%s: what new code writes stays, and so does what old code writes', async (type, first, second) => {
    const before = `
      CREATE TYPE place AS (x int, name text); CREATE DOMAIN document AS jsonb;
      CREATE TABLE users (id bigint PRIMARY KEY, preferences jsonb); INSERT INTO users VALUES (1, '{}'), (2, NULL)`;
    await race({ migration: await facts(type), before, phase: 'dual-write' }, async (r) => {
      const facts = () => r.db.rows('SELECT fact::text FROM facts ORDER BY user_id');
      await r.db.run(`UPDATE facts SET fact = '${first}'`);
      expect(await facts()).toEqual([{ fact: first }, { fact: first }]);
      await r.db.run(`UPDATE users SET preferences = jsonb_build_object('fact', '${second}'::text)`);
      expect(await facts()).toEqual([{ fact: second }, { fact: second }]);
      expect(await r.m.verify()).toMatchObject({ mappings: [{ quarantined: 0, columns: [{ exact: 2, lost: 0 }] }] });
    });
  });
});

describe('keys', () => {
  it('that are shifted keep their documents and their rows', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run('DELETE FROM users WHERE id = 1; UPDATE users SET id = id - 1');
      expect([await preferences(r, 3), await preferences(r, 4)]).toEqual([
        { theme: 'light', notifications: 'none' },
        { size: 10 },
      ]);
      expect([await copy(r, 3), await copy(r, 4)]).toEqual([
        { theme: 'light', size: null, email: true },
        { theme: 'system', size: 10, email: true },
      ]);
    }));
});

describe('keys after contract', () => {
  it('that are changed and used again bring no document back to another row', () =>
    inPhase('contract', async (r) => {
      await r.db.run(`
        UPDATE users SET id = 100 WHERE id = 1; DELETE FROM users WHERE id = 4;
        INSERT INTO users (id, email) VALUES (4, 'new'), (1, 'other'); INSERT INTO settings (user_id, theme) VALUES (4, 'fresh')`);
      await r.m.back('dual-write');
      expect(await preferences(r, 100)).toEqual({ theme: 'light', size: 1, notifications: { email: false } });
      expect(await preferences(r, 4)).toMatchObject({ theme: 'fresh' });
      expect(await preferences(r, 1)).toBeNull();
    }));
});

describe('two columns of one row', () => {
  it('on the way back the old column takes what the new one says, and the new one keeps it, however coarse the old one is', () =>
    race(
      {
        migration: 'test/support/migrations/coarse-price.yaml',
        before:
          'CREATE TABLE products (id bigint PRIMARY KEY, price numeric); INSERT INTO products VALUES (1, 1.5), (2, 2)',
        phase: 'contract',
      },
      async (r) => {
        await r.db.run('UPDATE products SET price_cents = 777 WHERE id = 1');
        await r.m.back('dual-write');
        expect(await r.row('SELECT price::text, price_cents AS cents FROM products WHERE id = 1')).toEqual({
          price: '7.8',
          cents: 777,
        });
      },
    ));

  it('NULL that new code wrote after the backfill stays, whatever else is written in its row', () =>
    race(
      {
        migration: 'test/support/migrations/coarse-price.yaml',
        before:
          'CREATE TABLE products (id bigint PRIMARY KEY, name text, price numeric); INSERT INTO products VALUES (1, NULL, 1.5)',
        phase: 'dual-write',
      },
      async (r) => {
        await r.db.run(`UPDATE products SET price_cents = NULL; UPDATE products SET name = 'touched'`);
        expect(await r.row('SELECT price::text, price_cents AS cents FROM products')).toEqual({
          price: '0.0',
          cents: null,
        });
      },
    ));

  it.each([
    ['numeric', '1.0', '1.00'],
    ['json', '{"a": 1}', '{"a":1}'],
    ['point', '(1,2)', '(1,3)'],
    ['text COLLATE ignore_case', 'a', 'A'],
  ])('%s values that only look different are different', (type, first, second) =>
    race(
      {
        migration: 'test/support/migrations/rename-value.yaml',
        before: `CREATE COLLATION ignore_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
          CREATE TABLE things (id bigint PRIMARY KEY, value ${type}); INSERT INTO things VALUES (1, '${first}')`,
        phase: 'dual-write',
      },
      async (r) => {
        const both = () => r.row('SELECT value::text AS old, renamed::text AS new FROM things');
        await r.db.run(`UPDATE things SET value = '${second}'`);
        expect(await both()).toEqual({ old: second, new: second });
        await r.db.run(`UPDATE things SET renamed = '${first}'`);
        expect(await both()).toEqual({ old: first, new: first });
      },
    ),
  );
});

it('a cast that the author has guarded raises for nobody, first and tenth time', async () => {
  const isNumber = (column: string) => `pg_input_is_valid(${column}, 'integer')`;
  const migration = await written(
    'labels',
    `change_column_type: { table: things, column: value, to: label, type: text, up: "CASE WHEN NOT ${isNumber('value')} THEN value ELSE value::integer::text END", down: "CASE WHEN ${isNumber('label')} THEN label::integer::text ELSE 'none' END" }`,
  );
  const before = `CREATE TABLE things (id bigint PRIMARY KEY, value text); INSERT INTO things SELECT i, i FROM generate_series(1, 10) AS i`;
  await race({ migration, before, phase: 'dual-write' }, async (r) => {
    const writer = await r.session();
    for (let id = 1; id <= 10; id++) await writer.do(`UPDATE things SET label = 'many' WHERE id = ${id}`);
    expect(await r.db.rows('SELECT DISTINCT value, label FROM things')).toEqual([{ value: 'none', label: 'many' }]);
    for (let id = 1; id <= 10; id++) await writer.do(`UPDATE things SET value = 'few' WHERE id = ${id}`);
    expect(await r.db.rows('SELECT DISTINCT value, label FROM things')).toEqual([{ value: 'few', label: 'few' }]);
    expect(await r.db.rows('SELECT reason FROM lockkeeper.quarantine')).toEqual([]);
  });
});

it.each(['varchar(3)', 'char(3)'])('a string that is too long for %s is not cut: a person is asked', async (short) => {
  const widening = await written('wider', 'change_column_type: { table: things, column: a, to: b, type: text }');
  const before = (type: string) =>
    `CREATE TABLE things (id bigint PRIMARY KEY, a ${type}); INSERT INTO things VALUES (1, 'one'), (2, 'two'), (3, NULL)`;
  await race({ migration: widening, before: before(short), phase: 'dual-write' }, async (r) => {
    await r.db.run(`UPDATE things SET b = 'longer' WHERE id = 1; UPDATE things SET b = 'x' WHERE id = 2`);
    expect(await r.db.rows('SELECT trim(a) AS a, b FROM things WHERE id < 3 ORDER BY id')).toEqual([
      { a: 'one', b: 'longer' },
      { a: 'x', b: 'x' },
    ]);
    expect(await r.db.rows('SELECT key, original FROM lockkeeper.quarantine')).toEqual([
      { key: [1], original: 'longer' },
    ]);
  });
  const narrowing = await written(
    'narrower',
    `change_column_type: { table: things, column: a, to: b, type: ${short} }`,
  );
  await race({ migration: narrowing, before: before('text'), phase: 'expand' }, async (r) => {
    await r.db.run(
      `UPDATE things SET a = 'four' WHERE id = 2; INSERT INTO things VALUES (4, 'fourteen'), (5, 'six   ')`,
    );
    await r.m.to('dual-write');
    expect(await r.db.rows('SELECT trim(b) AS b FROM things ORDER BY id')).toEqual(
      ['one', null, null, null, 'six'].map((b) => ({ b })),
    );
    expect(await r.db.rows('SELECT original FROM lockkeeper.quarantine ORDER BY 1')).toEqual([
      { original: 'four' },
      { original: 'fourteen' },
    ]);
  });
});

it('a new row that the old column cannot hold is refused where that is NOT NULL, unless down has a value for it', async () => {
  const change = 'table: things, column: a, to: b, type: bigint';
  const before = `CREATE TABLE things (id bigint PRIMARY KEY, a integer NOT NULL); INSERT INTO things VALUES (1, 1)`;
  const insert = 'INSERT INTO things (id, b) VALUES (2, 3000000000)';
  await race(
    { migration: await written('wider', `change_column_type: { ${change} }`), before, phase: 'dual-write' },
    async (r) => {
      await expect(r.db.run(insert)).rejects.toMatchObject({ code: '23502' });
      await r.db.run('UPDATE things SET b = 3000000000');
      expect(await r.row('SELECT a, b FROM things')).toEqual({ a: 1, b: 3000000000 });
    },
  );
  const capped = await written('capped', `change_column_type: { ${change}, down: 'least(b, 2147483647)' }`);
  await race({ migration: capped, before, phase: 'dual-write' }, async (r) => {
    await r.db.run(insert);
    expect(await r.row('SELECT a, b FROM things WHERE id = 2')).toEqual({ a: 2147483647, b: 3000000000 });
  });
});

it('columns that are called like variables of ours are columns', async () => {
  const names = ['keys', 'held', 'one', 'batch', 'deleted', 'document'];
  const columns = names.map((name) => `${name}: { type: text, from: ${name} }`).join(', ');
  const migration = await written(
    'documents',
    `extract_json: { table: users, column: preferences, into: [{ table: facts, columns: { ${columns} } }], remainder: drop }`,
  );
  const before = `
    CREATE TABLE users (id bigint PRIMARY KEY, ${names.map((name) => `${name} int`).join(', ')}, preferences jsonb);
    INSERT INTO users (id, preferences) VALUES (1, '{}'), (2, NULL)`;
  await race({ migration, before, phase: 'expand' }, async (r) => {
    const write = (value: string) =>
      r.db.run(`UPDATE facts SET ${names.map((name) => `${name} = '${value}'`).join(', ')} WHERE user_id = 1`);
    await r.db.run(`UPDATE users SET preferences = '{"keys": "a"}'; DELETE FROM users WHERE id = 2`);
    await r.m.to('dual-write');
    await write('b');
    await r.m.to('contract');
    await write('c');
    await r.m.back('dual-write');
    expect(await r.row(`SELECT preferences FROM users`)).toEqual({
      preferences: Object.fromEntries(names.map((name) => [name, 'c'])),
    });
  });
});

describe('writers with settings of their own', () => {
  const own = `SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'SQL, DMY'; SET IntervalStyle = 'sql_standard'; SET extra_float_digits = -10`;
  const naive = (day: string) =>
    `{"seen": "${day} 10:00", "day": "${day}", "pause": "1-2 3 4:05", "ratio": 0.30000000000000004}`;

  it('are read and written like all others', async () => {
    const migration = await written(
      'documents',
      'extract_json: { table: users, column: preferences, into: [{ table: facts, columns: { seen: { type: timestamptz, from: seen }, day: { type: date, from: day }, pause: { type: interval, from: pause }, ratio: { type: double precision, from: ratio } } }], remainder: drop }',
    );
    const before = `CREATE TABLE users (id bigint PRIMARY KEY, preferences jsonb); INSERT INTO users VALUES (1, '${naive('02/03/2024')}'), (2, '{}')`;
    await race({ migration, before, phase: 'dual-write' }, async (r) => {
      const writer = await r.session(own);
      await writer.do(
        `UPDATE users SET preferences = '${naive('05/06/2024')}' WHERE id = 1; INSERT INTO users VALUES (3, '${naive('07/08/2024')}')`,
      );
      await writer.do(
        `UPDATE facts SET seen = '2024-01-02 03:04:05.678901+00', pause = '1 mon 2 days', ratio = 0.1::float8 + 0.2::float8 WHERE user_id = 2`,
      );
    });
  });

  it('are captured by the key that a row has', async () => {
    const migration = await written(
      'documents',
      'extract_json: { table: users, column: preferences, into: [{ table: facts, columns: { fact: { type: text, from: fact } } }], remainder: drop }',
    );
    const before = `CREATE TABLE users (ratio double precision, pause interval, preferences jsonb, PRIMARY KEY (ratio, pause));
      INSERT INTO users VALUES (0.1::float8 + 0.2::float8, '1 year 2 days 3:04', '{}'), (1, '0', '{}')`;
    let captured = false;
    const at: Setting['at'] = async ({ role, when, text }, r) => {
      if (captured || role !== 'worker' || when !== 'after' || text !== 'COMMIT') return;
      captured = true;
      await (await r.session(own)).do(`UPDATE users SET preferences = '{"fact": "new"}'`);
    };
    await race({ migration, before, phase: 'expand', at }, async (r) => {
      await r.m.to('dual-write');
      expect(captured).toBe(true);
      expect(await r.row(`SELECT count(*)::int AS n FROM facts WHERE fact = 'new'`)).toEqual({ n: 2 });
    });
  });

  it('are converted like all others', async () => {
    const migration = await written(
      'moments',
      "change_column_type: { table: users, column: seen, to: seen_at, type: timestamptz, up: 'seen::timestamptz', down: 'seen_at::text' }",
    );
    const before = `CREATE TABLE users (id bigint PRIMARY KEY, seen text); INSERT INTO users VALUES (1, '2024-03-02 10:00'), (2, NULL)`;
    await race({ migration, before, phase: 'dual-write' }, async (r) => {
      const writer = await r.session(own);
      await writer.do(
        `UPDATE users SET seen = '2024-06-05 10:00' WHERE id = 1; INSERT INTO users VALUES (3, '2024-08-07 10:00')`,
      );
    });
  });

  it('are converted like all others to types that few settings matter to', async () => {
    const set = `SET default_text_search_config = 'pg_catalog.german'; SET xmloption = document`;
    const before = `CREATE TABLE things (id bigint PRIMARY KEY, a text); INSERT INTO things VALUES (1, 'running cats'), (2, NULL)`;
    const columns = await written('words', 'change_column_type: { table: things, column: a, to: b, type: xml }');
    const words = await written(
      'words',
      "change_column_type: { table: things, column: a, to: b, type: tsvector, up: to_tsvector(a), down: 'NULL' }",
    );
    for (const migration of [columns, words])
      await race({ migration, before, phase: 'dual-write' }, async (r) => {
        const writer = await r.session(set);
        await writer.do(`UPDATE things SET a = 'running dogs' WHERE id = 1; INSERT INTO things VALUES (3, 'going up')`);
        expect(await r.row('SELECT count(*)::int AS n FROM lockkeeper.quarantine')).toEqual({ n: 0 });
      });
    const documents = await written(
      'documents',
      'extract_json: { table: users, column: preferences, into: [{ table: facts, columns: { fact: { type: xml, from: fact } } }], remainder: drop }',
    );
    const users = `CREATE TABLE users (id bigint PRIMARY KEY, preferences jsonb); INSERT INTO users VALUES (1, '{}')`;
    await race({ migration: documents, before: users, phase: 'dual-write' }, async (r) => {
      await (await r.session(set)).do(`UPDATE users SET preferences = '{"fact": "no document"}'`);
      expect(await r.row('SELECT fact::text FROM facts')).toEqual({ fact: 'no document' });
    });
  });

  it('are told whether a value converts as everybody is', async () => {
    const migration = await written(
      'days',
      "change_column_type: { table: things, column: day, to: label, type: text, up: 'day::text', down: 'label::date' }",
    );
    const before = `CREATE TABLE things (id bigint PRIMARY KEY, day date NOT NULL); INSERT INTO things VALUES (1, '2024-01-01'), (2, '2024-01-01')`;
    await race({ migration, before, phase: 'dual-write' }, async (r) => {
      const writer = await r.session(`SET DateStyle = 'ISO, DMY'`);
      await writer.do(
        `UPDATE things SET label = '31/12/2024' WHERE id = 1; UPDATE things SET label = '12/31/2024' WHERE id = 2`,
      );
      expect(await r.db.rows('SELECT day::text FROM things ORDER BY id')).toEqual([
        { day: '2024-01-01' },
        { day: '2024-12-31' },
      ]);
      expect(await r.db.rows('SELECT key FROM lockkeeper.quarantine')).toEqual([{ key: [1] }]);
    });
  });

  const more = 'SET bytea_output = escape; SET array_nulls = off; SET standard_conforming_strings = off';

  it('mean the same by a backslash, by NULL in an array and by bytes', async () => {
    const migration = await written(
      'documents',
      String.raw`extract_json: { table: users, column: preferences, into: [{ table: facts, columns: { code: { type: text, from: code, check: code ~ '^\d+$' }, tags: { type: "text[]", from: tags }, bytes: { type: bytea, from: bytes } } }], remainder: drop }`,
    );
    const before = `CREATE TABLE users (id bigint PRIMARY KEY, preferences jsonb); INSERT INTO users VALUES (1, '{}'), (2, '{}')`;
    await race({ migration, before, phase: 'dual-write' }, async (r) => {
      const writer = await r.session(more);
      await writer.do(`UPDATE users SET preferences = '{"code": "7", "tags": "{NULL}"}' WHERE id = 1`);
      await writer.do(`UPDATE facts SET bytes = '\\\\x01ff' WHERE user_id = 2`);
      expect(await r.row('SELECT code, tags FROM facts WHERE user_id = 1')).toEqual({ code: '7', tags: [null] });
      expect(await r.row(`SELECT preferences ->> 'bytes' AS bytes FROM users WHERE id = 2`)).toEqual({
        bytes: String.raw`\x01ff`,
      });
    });
  });

  it('convert alike what has a backslash, and bytes', async () => {
    const digits = await written(
      'digits',
      String.raw`change_column_type: { table: things, column: a, to: b, type: integer, up: "CASE WHEN a ~ '^\\d+$' THEN a::integer END", down: 'b::text' }`,
    );
    const things = `CREATE TABLE things (id bigint PRIMARY KEY, a text); INSERT INTO things VALUES (1, '1')`;
    await race({ migration: digits, before: things, phase: 'dual-write' }, async (r) => {
      await (await r.session(more)).do(`UPDATE things SET a = '77'`);
      expect(await r.row('SELECT b FROM things')).toEqual({ b: 77 });
    });
    const bytes = await written('bytes', 'change_column_type: { table: things, column: a, to: b, type: text }');
    const before = `CREATE TABLE things (id bigint PRIMARY KEY, a bytea); INSERT INTO things VALUES (1, '')`;
    await race({ migration: bytes, before, phase: 'dual-write' }, async (r) => {
      await (await r.session(more)).do(`UPDATE things SET a = decode('01ff', 'hex')`);
      expect(await r.row('SELECT b FROM things')).toEqual({ b: String.raw`\x01ff` });
    });
  });
});

it('a database that quotes every name is migrated like any other, to the end and back', async () => {
  const before = `
    CREATE TABLE countries (code text PRIMARY KEY); INSERT INTO countries VALUES ('de'), ('fr');
    CREATE TABLE customers (id bigint PRIMARY KEY, country text NOT NULL DEFAULT 'de' UNIQUE REFERENCES countries CHECK (country <> ''));
    INSERT INTO customers VALUES (1, 'fr');
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET quote_all_identifiers = on', current_database()); END $$`;
  await race({ migration: 'examples/rename-column/migration.yaml', before, phase: null }, async (r) => {
    await r.m.to('contract');
    await r.m.back('dual-write');
  });
});
