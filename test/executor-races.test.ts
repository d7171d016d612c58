import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { openExecutor } from '../src/execute/executor.ts';
import { Journal } from '../src/journal/journal.ts';
import { raw } from '../src/sql/sql.ts';
import { untilTrue, type Client } from './support/client.ts';
import { withDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { race, type Race } from './support/race.ts';

// What the executor itself promises: its locks, its timeouts, its claim on the run, its journal.

const migration = 'test/support/migrations/with-foreign-key.yaml';
const users = `
  CREATE TABLE users (id bigint PRIMARY KEY, name text, preferences jsonb);
  INSERT INTO users VALUES (1, 'one', '{"theme": "light"}'), (2, 'two', '{}')`;
const creates = 'CREATE TABLE "public"."user_preferences"';
const takeOver = ({ db }: Race) => db.run('UPDATE lockkeeper.run SET token = token + 1');

describe('the claim on the run', () => {
  it('ends every session of the one it replaces, however long the name of the migration is', async () =>
    withDatabase('', async ({ connect, rows }) => {
      const name = `${'m'.repeat(40)}/${'n'.repeat(40)}`;
      const journal = new Journal('lockkeeper');
      const options = { takeOver: true, clock: systemClock };
      const [first, worker] = [await openExecutor(connect, journal, name, options), await connect('worker', name)];
      const second = await openExecutor(connect, journal, name, options);
      for (const { pid } of [first, worker])
        expect(await rows(`SELECT pid FROM pg_stat_activity WHERE pid = ${pid}`)).toEqual([]);
      await Promise.all([second.close(), first.close().catch(() => undefined), worker.close().catch(() => undefined)]);
    }));

  it('gives way to who locks a partitioned table and then its partitions', async () => {
    let locking: Promise<unknown> | null = null;
    await race(
      {
        migration,
        before: `CREATE TABLE users (id bigint PRIMARY KEY, name text DEFAULT 'none', preferences jsonb) PARTITION BY HASH (id);
          CREATE TABLE users_all PARTITION OF users FOR VALUES WITH (MODULUS 1, REMAINDER 0)`,
        phase: null,
        at: async ({ when, text, inTransaction }, r) => {
          if (locking || !inTransaction || when !== 'before' || !text.includes('pg_get_expr(d.adbin, d.adrelid)'))
            return;
          const application = await r.session('BEGIN; LOCK TABLE ONLY users');
          locking = application.do('LOCK TABLE users_all').then(() => application.do('COMMIT'));
          await untilTrue(
            r.db.url,
            `SELECT EXISTS (SELECT FROM pg_locks WHERE pid = ${application.pid} AND NOT granted)`,
          );
        },
      },
      async (r) => {
        expect(await r.m.apply('expand')).toMatchObject({ outcome: 'reached' });
        await locking;
      },
    );
    expect(locking).not.toBeNull();
  });

  it('a step of an executor that was replaced is not kept', async () => {
    let replaced = false;
    await race(
      {
        migration,
        before: users,
        phase: null,
        at: async ({ role, when, text }, r) => {
          if (replaced || role !== 'executor' || when !== 'before' || !text.startsWith(creates)) return;
          replaced = true;
          await takeOver(r);
        },
      },
      async (r) => {
        await expect(r.m.to('expand')).rejects.toMatchObject({ code: 'EXECUTOR_REPLACED' });
        expect(replaced).toBe(true);
        expect(await r.row(`SELECT to_regclass('user_preferences') AS found`)).toEqual({ found: null });
      },
    );
  });

  it('an executor that was replaced leaves no phase', async () => {
    let replaced = false;
    await race(
      {
        migration,
        before: users,
        phase: 'dual-write',
        at: async ({ role, when, text }, r) => {
          if (replaced || role !== 'executor' || when !== 'before' || !text.includes('SET phase =')) return;
          replaced = true;
          await takeOver(r);
        },
      },
      async (r) => {
        await expect(r.m.back('backfill')).rejects.toMatchObject({ code: 'EXECUTOR_REPLACED' });
        expect(replaced).toBe(true);
        expect((await r.m.run())?.phase).toBe('dual-write');
      },
    );
  });
});

describe('the journal', () => {
  it('says after every COMMIT what is there', async () => {
    let created = '';
    let compared = 0;
    await race(
      {
        migration,
        before: users,
        phase: null,
        at: async ({ role, when, text }, r) => {
          if (role !== 'executor' || when !== 'after') return;
          if (text.startsWith(creates)) created = 'create-user_preferences';
          if (text !== 'COMMIT' || !created) return;
          compared++;
          expect(await r.row(`SELECT state FROM lockkeeper.step WHERE step LIKE '%/__-${created}'`)).toEqual({
            state: 'done',
          });
          created = '';
        },
      },
      async (r) => {
        await r.m.to('expand');
        expect(compared).toBe(1);
      },
    );
  });

  it('has the reading of the old shape as soon as reads are switched', async () => {
    let seen = 0;
    await race(
      {
        migration,
        before: users,
        phase: 'dual-write',
        at: async ({ role, when, text }, r) => {
          if (role !== 'executor' || when !== 'after' || text !== 'COMMIT') return;
          const run = await r.row(`SELECT phase, statements_at_switch IS NOT NULL AS reading FROM lockkeeper.run`);
          if (run?.['phase'] !== 'switch') return;
          seen++;
          expect(run).toEqual({ phase: 'switch', reading: true });
        },
      },
      async (r) => {
        await r.m.to('switch');
        expect(seen).toBeGreaterThan(0);
      },
    );
  });
});

describe('locks', () => {
  it('a lock is not asked for while a long transaction holds against it', async () => {
    let asked = false;
    let holding = true;
    await race(
      {
        migration,
        before: users,
        phase: null,
        at: ({ role, when, text }) => {
          if (role === 'executor' && when === 'before' && text.startsWith('LOCK TABLE')) asked ||= holding;
        },
      },
      async (r) => {
        await r.m.install();
        const writer: Client = await r.session(`BEGIN; UPDATE users SET name = 'x' WHERE id = 1`);
        await untilTrue(
          r.db.url,
          `SELECT clock_timestamp() - xact_start > interval '100 ms' FROM pg_stat_activity WHERE pid = ${writer.pid}`,
        );
        const applied = r.m.to('expand');
        await untilTrue(
          r.db.url,
          `SELECT EXISTS (SELECT FROM lockkeeper.event WHERE event ->> 'type' = 'step.waiting')`,
        );
        holding = false;
        await writer.do('COMMIT');
        await applied;
        expect(asked).toBe(false);
      },
    );
  });

  it('a lock is asked for with a limit of its own, and all tables together with another', async () => {
    const limits = new Set<string>();
    await race(
      {
        migration,
        before: users,
        phase: null,
        at: async ({ role, when, text, session }) => {
          if (role !== 'executor' || when !== 'before' || !text.startsWith('LOCK TABLE')) return;
          const [now] = await session.query<{ lock: string; statement: string }>(
            raw(`SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement`),
          );
          limits.add(JSON.stringify(now));
        },
      },
      async (r) => {
        await r.m.to('dual-write');
        expect([...limits]).toEqual(['{"lock":"100ms","statement":"150ms"}']);
      },
    );
  });

  it('chunks and drains give way before the application would notice', async () => {
    const limits = new Map<string, string>();
    await race(
      {
        migration,
        before: users,
        phase: null,
        at: async ({ role, when, text, session }) => {
          if ((role !== 'worker' && role !== 'drain') || when !== 'before' || text !== 'COMMIT') return;
          const [now] = await session.query(
            raw(`SELECT current_setting('lock_timeout') AS lock, current_setting('deadlock_timeout') AS deadlock`),
          );
          limits.set(role, JSON.stringify(now));
        },
      },
      async (r) => {
        await r.m.to('backfill');
        const wanted = '{"lock":"100ms","deadlock":"5ms"}';
        expect(Object.fromEntries(limits)).toEqual({ worker: wanted, drain: wanted });
      },
    );
  });
});

describe('our triggers', () => {
  it.each([
    ['dropped', (name: string) => `DROP TRIGGER "${name}" ON users`, /is missing/],
    ['disabled', (name: string) => `ALTER TABLE users DISABLE TRIGGER "${name}"`, /is not enabled always/],
    [
      'left to ordinary writers',
      (name: string) => `ALTER TABLE users ENABLE TRIGGER "${name}"`,
      /is not enabled always/,
    ],
    [
      'given another body',
      () =>
        `CREATE OR REPLACE FUNCTION lockkeeper."user-preferences_0_forward"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
      /has another function/,
    ],
  ])('that were %s are noticed before the next phase', (_what, change, problem) =>
    withDatabase(users, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('dual-write');
      await db.run(change('~user-preferences_0_forward'));
      await expect(m.to('switch')).rejects.toThrow(problem);
    }),
  );

  it('a trigger of the application that our writes fire finds the tables it was written for', () =>
    race({ migration, before: users, phase: 'dual-write' }, async (r) => {
      await r.db.run(`
        CREATE TABLE seen (theme text); CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (NEW.theme); RETURN NULL; END $$;
        CREATE TRIGGER see AFTER UPDATE ON user_preferences FOR EACH ROW EXECUTE FUNCTION see()`);
      await r.db.run(`UPDATE users SET preferences = '{"theme": "dark"}' WHERE id = 1`);
      expect(await r.row('SELECT theme FROM seen')).toEqual({ theme: 'dark' });
    }));

  it('what the application calls like something of PostgreSQL’s own is never ours', () =>
    race({ migration, before: users, phase: 'dual-write' }, async (r) => {
      // For a key of this type it fits better than the one that takes "any".
      await r.db.run(
        `CREATE FUNCTION public.jsonb_build_array(bigint) RETURNS jsonb LANGUAGE sql AS $$ SELECT '["another"]'::jsonb $$`,
      );
      await r.db.run(`UPDATE users SET preferences = '[1]' WHERE id = 1`);
      expect(await r.db.rows('SELECT key FROM lockkeeper.quarantine')).toEqual([{ key: [1] }]);
    }));
});
