import { describe, expect, it } from 'vitest';
import { sqlState } from '../src/database/sqlstate.ts';
import { untilTrue } from './support/client.ts';
import { race, type Race, type Setting } from './support/race.ts';

// Interleavings of sessions stepped by hand, for two columns of one row that say the same.

const renaming = 'examples/rename-column/migration.yaml';
const converting = 'test/support/migrations/price-in-cents.yaml';
const customers = `
  CREATE TABLE countries (code text PRIMARY KEY); INSERT INTO countries VALUES ('de'), ('fr'), ('pl');
  CREATE TABLE customers (id bigint PRIMARY KEY, name text, country text NOT NULL DEFAULT 'de');
  INSERT INTO customers VALUES (1, 'one', 'de'), (2, 'two', 'fr')`;
const products = `
  CREATE TABLE products (id bigint PRIMARY KEY, name text, price numeric DEFAULT 0);
  INSERT INTO products VALUES (1, 'exact', 1.5), (2, 'lossy', 10.999), (3, 'null', NULL), (4, 'too large', 99999999999)`;
const inPhase = (phase: Setting['phase'], migration: string, before: string, work: (r: Race) => Promise<void>) =>
  race({ migration, before, phase }, work);
const product = ({ row }: Race, id: number) =>
  row(`SELECT price::text, price_cents AS cents FROM products WHERE id = ${id}`);
const customer = ({ row }: Race, id: number) =>
  row(`SELECT country AS old, country_code AS new FROM customers WHERE id = ${id}`);

describe('the fill', () => {
  it('does not touch what is filled, nor the old column, however lossy the conversion', () =>
    inPhase('expand', converting, products, async (r) => {
      await r.db.run(`UPDATE products SET price_cents = 777 WHERE id = 1`);
      await r.m.to('backfill');
      expect(await product(r, 1)).toEqual({ price: '7.7700000000000000', cents: 777 });
      expect(await product(r, 2)).toEqual({ price: '10.999', cents: 1100 });
      expect(await product(r, 3)).toEqual({ price: null, cents: null });
      expect(await product(r, 4)).toEqual({ price: '99999999999', cents: null });
      await r.db.run(`UPDATE products SET name = 'touched'`);
      expect(await product(r, 2)).toEqual({ price: '10.999', cents: 1100 });
    }));

  it('a fill leaves alone what new code wrote, however lossy', () =>
    race({ migration: 'test/support/migrations/coarse-price.yaml', before: products, phase: 'expand' }, async (r) => {
      await r.db.run('UPDATE products SET price_cents = 777 WHERE id = 1');
      await r.m.to('backfill');
      expect(await product(r, 1)).toEqual({ price: '7.8', cents: 777 });
    }));

  it('fills a row that an unrelated UPDATE wrote before its chunk came', () =>
    inPhase('expand', converting, products, async (r) => {
      await r.db.run(`UPDATE products SET name = 'touched' WHERE id = 2`);
      expect(await product(r, 2)).toEqual({ price: '10.999', cents: 1100 });
    }));

  it('gives way in a deadlock: the application never is the victim', async () => {
    let blocked = false;
    await race(
      {
        migration: renaming,
        before: `${customers}; INSERT INTO customers SELECT i, 'x', 'pl' FROM generate_series(3, 500) AS i`,
        phase: 'expand',
        at: ({ role, when, text, session }, r) => {
          if (blocked || role !== 'worker' || when !== 'before' || !/^\s*(WITH|UPDATE)/.test(text)) return;
          blocked = true;
          // The chunk comes to row 400 and waits; then the application wants a row that the chunk has.
          void untilTrue(r.db.url, `SELECT cardinality(pg_blocking_pids(${session.pid})) > 0`)
            .then(() => app.startAndWait(`UPDATE customers SET country = 'fr' WHERE id = 1`))
            .then(async (pending) => (outcome = await pending.end))
            .then(() => app.do('COMMIT'));
        },
      },
      async (r) => {
        app = await r.session(`BEGIN; UPDATE customers SET country = 'de' WHERE id = 400`);
        await r.m.to('backfill');
        expect(outcome).toHaveProperty('rows');
        expect(await customer(r, 1)).toEqual({ old: 'fr', new: 'fr' });
        expect(await customer(r, 400)).toEqual({ old: 'de', new: 'de' });
      },
    );
    expect(blocked).toBe(true);
  });
  let app: Awaited<ReturnType<Race['session']>>;
  let outcome: unknown;

  it.each(['REPEATABLE READ', 'SERIALIZABLE'])(
    'a snapshot older than a chunk (%s) gets an honest error or writes both columns',
    (level) =>
      inPhase('expand', renaming, customers, async (r) => {
        const late = await r.session(`BEGIN ISOLATION LEVEL ${level}; SELECT count(*) FROM countries`);
        // Not to the end of the phase: its index waits for older snapshots.
        const applied = r.m.to('backfill');
        const result = await late
          .do(`UPDATE customers SET country = 'pl' WHERE id = 1; COMMIT`)
          .then(() => 'committed', sqlState);
        await late.do('ROLLBACK');
        await applied;
        expect(['committed', '40001']).toContain(result);
        expect(await customer(r, 1)).toEqual(
          result === 'committed' ? { old: 'pl', new: 'pl' } : { old: 'de', new: 'de' },
        );
      }),
  );
});

describe('which side wins', () => {
  it('the one that changed; both changed, the new one; neither, none', () =>
    inPhase('dual-write', renaming, customers, async (r) => {
      await r.db.run(`UPDATE customers SET country = 'pl' WHERE id = 1`);
      expect(await customer(r, 1)).toEqual({ old: 'pl', new: 'pl' });
      await r.db.run(`UPDATE customers SET country_code = 'fr' WHERE id = 1`);
      expect(await customer(r, 1)).toEqual({ old: 'fr', new: 'fr' });
      await r.db.run(`UPDATE customers SET country = 'de', country_code = 'pl' WHERE id = 1`);
      expect(await customer(r, 1)).toEqual({ old: 'pl', new: 'pl' });
      await r.db
        .run(`INSERT INTO customers (id, country) VALUES (10, 'fr'); INSERT INTO customers (id, country_code) VALUES (11, 'pl'); INSERT INTO customers (id) VALUES (12);
        INSERT INTO customers (id, country) VALUES (1, 'de') ON CONFLICT (id) DO UPDATE SET country = EXCLUDED.country;
        INSERT INTO customers (id, country_code) VALUES (2, 'pl') ON CONFLICT (id) DO UPDATE SET country_code = EXCLUDED.country_code`);
      expect([
        await customer(r, 10),
        await customer(r, 11),
        await customer(r, 12),
        await customer(r, 1),
        await customer(r, 2),
      ]).toEqual(['fr', 'pl', 'de', 'de', 'pl'].map((code) => ({ old: code, new: code })));
    }));

  it('with a default on the old column', () =>
    inPhase('dual-write', converting, products, async (r) => {
      await r.db.run(
        `INSERT INTO products (id, price) VALUES (10, 5); INSERT INTO products (id) VALUES (11); INSERT INTO products (id, price_cents) VALUES (12, 550); INSERT INTO products (id, price, price_cents) VALUES (13, NULL, NULL)`,
      );
      expect([await product(r, 10), await product(r, 11), await product(r, 13)]).toEqual([
        { price: '5', cents: 500 },
        { price: '0', cents: 0 },
        { price: null, cents: null },
      ]);
      expect(await product(r, 12)).toEqual({ price: '5.5000000000000000', cents: 550 });
      await r.db.run(
        `UPDATE products SET price_cents = NULL WHERE id = 10; UPDATE products SET price = NULL WHERE id = 12`,
      );
      expect([await product(r, 10), await product(r, 12)]).toEqual([
        { price: null, cents: null },
        { price: null, cents: null },
      ]);
    }));

  it('a value that does not convert fails nobody and goes to quarantine', () =>
    inPhase('dual-write', converting, products, async (r) => {
      await r.db.run(
        `UPDATE products SET price = 88888888888 WHERE id = 1; INSERT INTO products (id, price) VALUES (20, 77777777777)`,
      );
      expect([await product(r, 1), await product(r, 20)]).toEqual([
        { price: '88888888888', cents: null },
        { price: '77777777777', cents: null },
      ]);
      expect(
        await r.row(
          `SELECT count(*)::int AS n FROM lockkeeper.quarantine WHERE state = 'open' AND key IN ('[1]', '[20]')`,
        ),
      ).toEqual({ n: 2 });
    }));
});

describe('triggers of the application', () => {
  const normalise = (
    name: string,
  ) => `CREATE FUNCTION normalise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.country := lower(NEW.country); RETURN NEW; END $$;
    CREATE TRIGGER "${name}" BEFORE INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION normalise();`;

  it.each(['a_first', 'zzz', '~normalise', '~~'])(
    'a BEFORE trigger %s that was there already runs before ours',
    (name) =>
      inPhase('dual-write', renaming, `${customers}; ${normalise(name)}`, async (r) => {
        await r.db.run(
          `UPDATE customers SET country = 'PL' WHERE id = 1; INSERT INTO customers (id, country) VALUES (30, 'FR')`,
        );
        expect(await customer(r, 1)).toEqual({ old: 'pl', new: 'pl' });
        expect(await customer(r, 30)).toEqual({ old: 'fr', new: 'fr' });
      }),
  );

  it('one that comes later and sorts after ours is refused at the next gate', () =>
    inPhase('backfill', renaming, customers, async (r) => {
      const name = '~~~~later';
      await r.db.run(normalise(name));
      await expect(r.m.to('dual-write')).rejects.toMatchObject({ code: 'DRIFT' });
      await r.db.run(`DROP TRIGGER "${name}" ON customers`);
    }));

  it('replica-role writers are not missed', () =>
    inPhase('dual-write', renaming, customers, async (r) => {
      const replica = await r.session('SET session_replication_role = replica');
      await replica.do(
        `UPDATE customers SET country = 'pl' WHERE id = 1; UPDATE customers SET country_code = 'de' WHERE id = 2`,
      );
      expect([await customer(r, 1), await customer(r, 2)]).toEqual([
        { old: 'pl', new: 'pl' },
        { old: 'de', new: 'de' },
      ]);
    }));
});

it('VACUUM FULL in the middle of a fill begins it again', async () => {
  let rewritten: Promise<unknown> | null = null;
  await race(
    {
      migration: converting,
      before: `${products}; INSERT INTO products SELECT i, repeat('x', 500), 1 FROM generate_series(100, 4000) AS i`,
      phase: 'expand',
      at: async ({ role, when, text }, r) => {
        if (role !== 'worker') return;
        if (when === 'after' && text === 'COMMIT')
          rewritten ??= r
            .session()
            .then((other) =>
              other
                .do('DELETE FROM products WHERE id BETWEEN 100 AND 400')
                .then(() => other.do('VACUUM FULL products')),
            );
        // No other chunk begins meanwhile: what is left to visit lies on other pages afterwards.
        if (rewritten && text.includes('try_advisory_xact_lock_shared')) await rewritten;
      },
    },
    async (r) => {
      await r.m.to('backfill');
      expect(rewritten).not.toBeNull();
      expect(await r.row('SELECT count(*)::int AS n FROM products WHERE price_cents IS NULL AND price < 1000')).toEqual(
        { n: 0 },
      );
    },
  );
});

it('a row that moves to another page while the old column is brought up to date is not missed', async () => {
  let moved = false;
  await race(
    {
      migration: converting,
      before: `${products}; INSERT INTO products SELECT i, 'x', i FROM generate_series(5, 2000) AS i`,
      phase: 'contract',
      at: async ({ role, when, text }, r) => {
        if (moved || role !== 'worker' || when !== 'before' || !/^\s*(WITH|UPDATE)/.test(text)) return;
        moved = true;
        await r.db.run(
          `UPDATE products SET name = repeat('x', 1500) WHERE id > 4; UPDATE products SET name = repeat('x', 1500) WHERE id = 1`,
        );
        const [one] = await r.db.rows(
          `SELECT (ctid::text::point)[0] >= (SELECT max(pages) FROM lockkeeper.sweep) AS behind FROM products WHERE id = 1`,
        );
        expect(one).toEqual({ behind: true });
      },
    },
    async (r) => {
      await r.db.run(`UPDATE products SET price_cents = 777 WHERE id = 1`);
      await r.m.back('dual-write');
      expect(moved).toBe(true);
      expect(await product(r, 1)).toEqual({ price: '7.7700000000000000', cents: 777 });
    },
  );
});
