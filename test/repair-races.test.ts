import { describe, expect, it } from 'vitest';
import { acceptQuarantine, retryQuarantine } from '../src/app/quarantine.ts';
import { setReads } from '../src/app/reads.ts';
import { systemClock } from '../src/clock.ts';
import { untilTrue } from './support/client.ts';
import { withDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { race } from './support/race.ts';
import { stepped } from './support/stepped.ts';

// `verify --repair` beside an executor, and after one that was killed.

const migration = 'test/support/migrations/with-foreign-key.yaml';
const before = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb);
  INSERT INTO users VALUES (1, 'one', '{"theme": "light"}'), (2, 'two', '{}')`;

it('a repair puts back the triggers of now, not those of when it began to look', async () => {
  let looked: () => void = () => undefined;
  const hasLooked = new Promise<void>((resolve) => (looked = resolve));
  let wake: () => void = () => undefined;
  const woken = new Promise<void>((resolve) => (wake = resolve));
  let repairing: Promise<unknown> | null = null;
  await race(
    {
      migration,
      before,
      phase: 'backfill',
      at: async ({ role, when, text }, r) => {
        if (repairing || role !== 'executor' || when !== 'before' || !/CREATE OR REPLACE .*_forward/.test(text)) return;
        const slow = stepped(r.db.connect, async (point) => {
          if (point.when !== 'after' || !/\.step WHERE run/.test(point.text)) return;
          looked();
          await woken;
        });
        repairing = migrate(slow, migration).repair();
        await hasLooked;
      },
    },
    async (r) => {
      await r.m.to('dual-write');
      wake();
      await repairing;
      await r.db.run(`UPDATE user_preferences SET theme = 'dark' WHERE user_id = 1`);
      expect(await r.row('SELECT preferences FROM users WHERE id = 1')).toEqual({ preferences: { theme: 'dark' } });
    },
  );
});

it.each([
  ['before', 'executor', 'RENAME COLUMN'],
  ['after', 'worker', 'FOR NO KEY UPDATE'],
])(
  'where the way back from contract was cut short %s the column was back, nothing is repaired from it',
  (_when, by, at) =>
    withDatabase(before, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('contract');
      await db.run(`UPDATE user_preferences SET theme = 'dark' WHERE user_id = 1`);
      await m.approveAll();
      const mortal = stepped(db.connect, ({ role, when, text }) => {
        if (role === by && when === 'before' && text.includes(at)) throw new Error('It is gone.');
      });
      await expect(migrate(mortal, migration).rollback('dual-write')).rejects.toThrow();
      const cutShort = { code: 'WRONG_PHASE', message: expect.stringContaining('was cut short between') as unknown };
      await expect(m.repair()).rejects.toMatchObject(cutShort);
      await expect(m.verify()).rejects.toMatchObject(cutShort);
      await expect(setReads(m.deps, { migration, percent: 0 })).rejects.toMatchObject(cutShort);
      await expect(retryQuarantine(m.deps, { migration })).rejects.toMatchObject(cutShort);
      await expect(acceptQuarantine(m.deps, { migration })).rejects.toMatchObject(cutShort);
      expect(await m.rollback('dual-write')).toMatchObject({ outcome: 'reached' });
      expect(await db.rows('SELECT preferences FROM users WHERE id = 1')).toEqual([{ preferences: { theme: 'dark' } }]);
      expect(await m.verify()).toMatchObject({ ok: true });
    }),
);

describe('a repair of a column', () => {
  const migration = 'test/support/migrations/rename-value.yaml';
  const things = `
    CREATE TABLE things (id bigint PRIMARY KEY, value integer, other text);
    INSERT INTO things SELECT i, i, repeat('x', 1500) FROM generate_series(1, 600) AS i`;
  /** As if our trigger had been missing. */
  const stale = `BEGIN; SET LOCAL lockkeeper.filling = 'rename-value/things.value'; UPDATE things SET value = -id WHERE id > 300; COMMIT`;

  it('keeps no row locked while it waits for another', () =>
    race({ migration, before: things, phase: 'dual-write' }, async (r) => {
      await r.db.run(stale);
      const holder = await r.session('BEGIN; UPDATE things SET other = $$held$$ WHERE id = 600');
      let isOver = false;
      const repair = r.m.repair();
      void repair.catch(() => undefined).finally(() => (isOver = true));
      await untilTrue(
        r.db.url,
        `SELECT ${holder.pid} = ANY (pg_blocking_pids(pid)) FROM pg_stat_activity WHERE application_name LIKE 'lockkeeper rename-value drain' ORDER BY 1 DESC LIMIT 1`,
        () => isOver,
      );
      expect(isOver).toBe(false);
      const writer = await r.session(`SET lock_timeout = '5s'`);
      await writer.do('UPDATE things SET value = 7 WHERE id = 599');
      await holder.do('COMMIT');
      expect(await repair).toMatchObject({ ok: true, mappings: [{ repaired: 299 }] });
      expect(await r.row('SELECT value, renamed FROM things WHERE id = 599')).toEqual({ value: 7, renamed: 7 });
    }));

  it('is interrupted while it waits for another, and says so', () =>
    race({ migration, before: things, phase: 'dual-write' }, async (r) => {
      await r.db.run(stale);
      const holder = await r.session('BEGIN; UPDATE things SET other = $$held$$ WHERE id = 600');
      const stop = new AbortController();
      const clock = { ...systemClock, sleep: () => Promise.resolve(stop.abort()) };
      const stopped = migrate(r.db.connect, migration, { clock, signal: stop.signal });
      await expect(stopped.repair()).rejects.toMatchObject({ code: 'INTERRUPTED' });
      await holder.do('COMMIT');
      expect(await r.m.repair()).toMatchObject({ ok: true });
    }));

  it('finds a row that moved to a page which it had passed', async () => {
    let passed = 0;
    await race(
      {
        migration,
        before: things,
        phase: 'dual-write',
        at: async ({ when, text }, r) => {
          if (when !== 'before' || !/WITH mended/.test(text) || ++passed !== 2) return;
          await r.db.run(`UPDATE things SET other = repeat('y', 1500) WHERE id = 500`);
          expect(await r.row(`SELECT ctid < '(64,0)' AS moved FROM things WHERE id = 500`)).toEqual({ moved: true });
        },
      },
      async (r) => {
        await r.db.run(stale);
        await r.db.run('CLUSTER things USING things_pkey');
        await r.db.run('DELETE FROM things WHERE id < 100');
        await r.db.run('VACUUM things');
        expect(await r.m.repair()).toMatchObject({ ok: true, mappings: [{ repaired: 300 }] });
      },
    );
    expect(passed).toBeGreaterThan(3);
  });

  it('stops where an executor has taken over', async () => {
    let isTaken = false;
    await race(
      {
        migration,
        before: things,
        phase: 'dual-write',
        at: async ({ when, text }, r) => {
          if (isTaken || when !== 'before' || !/WITH mended/.test(text)) return;
          isTaken = true;
          await r.db.run('UPDATE lockkeeper.run SET token = token + 1');
        },
      },
      async (r) => {
        await r.db.run(stale);
        await expect(r.m.repair()).rejects.toMatchObject({ code: 'EXECUTOR_REPLACED' });
        expect(await r.row('SELECT count(*)::int AS stale FROM things WHERE renamed <> value')).toEqual({ stale: 300 });
        expect(await r.m.repair()).toMatchObject({ ok: true, mappings: [{ repaired: 300 }] });
      },
    );
    expect(isTaken).toBe(true);
  });
});
