import { describe, expect, it } from 'vitest';
import { approve } from '../src/app/approve.ts';
import { setReads } from '../src/app/reads.ts';
import { systemClock } from '../src/clock.ts';
import { untilTrue } from './support/client.ts';
import { withDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { written } from './support/migration-file.ts';
import { race } from './support/race.ts';
import { stepped } from './support/stepped.ts';

// What stands between a gate and what it guards, and what reads are told meanwhile.

const migration = 'examples/extract-json/migration.yaml';
const before = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb);
  INSERT INTO users VALUES (1, 'one', '{"theme": "light"}'), (2, 'two', '{}')`;

it('gates that were open when a person’s was not are looked at again', () =>
  withDatabase(before, async (db) => {
    const m = migrate(db.connect, migration);
    await m.to('switch');
    await approve(m.deps, { migration, gate: 'old-shape-unused' });
    expect(await m.apply('contract')).toMatchObject({ closedGates: [{ gate: 'contract-approval' }] });
    await db.run(`UPDATE users SET preferences = '{"items_per_page": "ten"}' WHERE id = 1`);
    await approve(m.deps, { migration, gate: 'contract-approval' });
    expect(await m.apply('contract')).toMatchObject({ outcome: 'waiting', closedGates: [{ gate: 'quarantine' }] });
  }));

it('a TRUNCATE right before contract, by one whose snapshot does not show a copy, leaves none', async () => {
  let truncated = false;
  let late: { readonly do: (text: string) => Promise<unknown> } | null = null;
  await race(
    {
      migration: 'test/support/migrations/without-foreign-key.yaml',
      before,
      phase: 'switch',
      at: async ({ role, when, text }) => {
        if (role !== 'executor' || when !== 'before' || !/^LOCK TABLE .* ACCESS EXCLUSIVE/.test(text)) return;
        if (truncated || !late) return;
        truncated = true;
        await late.do('TRUNCATE users; COMMIT');
      },
    },
    async (r) => {
      late = await r.session('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_namespace');
      await r.db.run(`INSERT INTO users VALUES (3, 'three', '{"theme": "dark"}')`);
      await r.m.to('contract');
      expect(truncated).toBe(true);
      expect(await r.row('SELECT count(*)::int AS n FROM user_preferences')).toEqual({ n: 0 });
    },
  );
});

describe('reads', () => {
  const shape = `SELECT lockkeeper.reads('user-preferences', '1') AS shape`;

  it('stay with the new shape until the way back from contract has brought the old one up to date', async () => {
    const told: unknown[] = [];
    await race(
      {
        migration,
        before,
        phase: 'switch',
        at: async ({ role, when }, r) => {
          if (role === 'worker' && when === 'before') told.push((await r.row(shape))?.['shape']);
        },
      },
      async (r) => {
        await setReads(r.m.deps, { migration, percent: 0 });
        await r.m.to('contract');
        await r.m.back('switch');
        expect(new Set(told)).toEqual(new Set(['new']));
        expect(await r.row(shape)).toEqual({ shape: 'new' });
        await r.m.back('dual-write');
        expect(await r.row(shape)).toEqual({ shape: 'old' });
      },
    );
  });

  it('go back to the old shape before nobody keeps the new one up any more', () =>
    race({ migration, before, phase: 'dual-write' }, async (r) => {
      await setReads(r.m.deps, { migration, percent: 100 });
      await r.m.back('backfill');
      expect(await r.row(shape)).toEqual({ shape: 'old' });
    }));

  it('are not moved to a shape that a rollback takes away meanwhile', () =>
    withDatabase(before, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('dual-write');
      await m.approveAll();
      let back = null as Promise<unknown> | null;
      let over = false;
      const slow = stepped(db.connect, async ({ role, when, text }) => {
        if (back || role !== 'watch' || when !== 'before' || !text.includes('set_reads')) return;
        back = m.rollback('backfill').finally(() => (over = true));
        await untilTrue(
          db.url,
          `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'lockkeeper % executor' AND wait_event_type = 'Lock')`,
          () => over,
        );
      });
      await setReads(migrate(slow, migration).deps, { migration, percent: 100 });
      await back;
      expect(await db.rows(shape)).toEqual([{ shape: 'old' }]);
    }));

  it('that were moved back have not soaked', async () => {
    const soaking = await written(
      'soaking',
      'rename_column: { table: users, from: email, to: mail }',
      'gates: { soak: 1h }\n',
    );
    await withDatabase(before, async (db) => {
      let hours = 0;
      const clock = { ...systemClock, now: () => systemClock.now() + hours * 3_600_000 };
      const m = migrate(db.connect, soaking, { clock });
      await m.to('switch');
      await m.approveAll();
      await setReads(m.deps, { migration: soaking, percent: 0 });
      hours = 2;
      expect(await m.apply('contract')).toMatchObject({
        closedGates: [{ gate: 'soak', why: 'reads are not switched', opensBy: 'lockkeeper reads soaking new' }],
      });
      await setReads(m.deps, { migration: soaking, percent: 100 });
      expect(await m.apply('contract')).toMatchObject({ outcome: 'reached' });
    });
  });
});

it('a trigger of another table that still writes the old column keeps contract waiting; what a foreign key cascades does not', async () => {
  const migration = await written('totals', 'rename_column: { table: accounts, from: total, to: sum }');
  const before = `
    CREATE EXTENSION pg_stat_statements; CREATE TABLE accounts (id int PRIMARY KEY, total int); INSERT INTO accounts VALUES (1, 0);
    CREATE TABLE orders (id int PRIMARY KEY, account int);
    CREATE FUNCTION add_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE public.accounts SET total = total + 1 WHERE id = NEW.account; RETURN NULL; END $$;
    CREATE TRIGGER add_up AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION add_up()`;
  await race({ migration, before, phase: 'switch' }, async (r) => {
    await r.db.run('INSERT INTO orders VALUES (1, 1)');
    const { closedGates } = await r.m.apply('contract');
    expect(closedGates.map((g) => g.gate)).toContain('old-shape-unused');
  });
  const countries = `
    CREATE EXTENSION pg_stat_statements; CREATE TABLE countries (code text PRIMARY KEY); INSERT INTO countries VALUES ('de');
    CREATE TABLE customers (id bigint PRIMARY KEY, country text REFERENCES countries ON UPDATE CASCADE); INSERT INTO customers VALUES (1, 'de')`;
  await race({ migration: 'examples/rename-column/migration.yaml', before: countries, phase: 'switch' }, async (r) => {
    await r.db.run(`UPDATE countries SET code = 'ge'`);
    const { closedGates } = await r.m.apply('contract');
    expect(closedGates.map((g) => g.gate)).not.toContain('old-shape-unused');
  });
});

it('a trigger of another table that inserts a row by the old column keeps contract waiting; a row without it does not', async () => {
  const migration = await written('totals', 'rename_column: { table: accounts, from: total, to: sum }');
  const before = (column: string) => `
    CREATE EXTENSION pg_stat_statements; CREATE TABLE accounts (id int PRIMARY KEY, total ${column}); CREATE TABLE orders (id int PRIMARY KEY);
    CREATE FUNCTION add() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.accounts (id, total) VALUES (NEW.id, 5); RETURN NULL; END $$;
    CREATE TRIGGER add AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION add()`;
  for (const column of ['int', 'bigint NOT NULL DEFAULT 0', 'numeric(9, 2) DEFAULT 0.5'])
    await race({ migration, before: before(column), phase: 'switch' }, async (r) => {
      const closed = async () => (await r.m.apply('contract')).closedGates.map((g) => g.gate);
      await r.db.run('INSERT INTO accounts (id) VALUES (10); INSERT INTO accounts (id, sum) VALUES (11, 7)');
      expect(await closed()).not.toContain('old-shape-unused');
      await r.db.run('INSERT INTO orders VALUES (1)');
      expect(await closed()).toContain('old-shape-unused');
    });
});

it('a trigger of another table that writes the document keeps contract waiting; what sync writes there does not', async () => {
  const more = `
    CREATE EXTENSION pg_stat_statements; CREATE TABLE orders (id int PRIMARY KEY);
    CREATE FUNCTION choose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE public.users SET preferences = '{"theme": "light"}' WHERE id = NEW.id; RETURN NULL; END $$;
    CREATE TRIGGER choose AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION choose();
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE public.user_preferences SET theme = 'noted' WHERE user_id = NEW.id + 1; RETURN NULL; END $$;
    CREATE TRIGGER note AFTER UPDATE ON users FOR EACH ROW WHEN (pg_trigger_depth() < 2) EXECUTE FUNCTION note()`;
  await race({ migration, before: `${before}; ${more}`, phase: 'dual-write' }, async (r) => {
    await r.m.to('switch');
    const closed = async () => (await r.m.apply('contract')).closedGates.map((g) => g.gate);
    await r.db.run(`
      INSERT INTO users (id) VALUES (5), (6);
      UPDATE user_preferences SET theme = 'dark'; UPDATE user_preferences SET user_id = 7 WHERE user_id = 6;
      DELETE FROM user_preferences WHERE user_id = 5; TRUNCATE user_preferences CASCADE`);
    expect(await closed()).not.toContain('old-shape-unused');
    await r.db.run('INSERT INTO orders VALUES (1)');
    expect(await closed()).toContain('old-shape-unused');
  });
});
