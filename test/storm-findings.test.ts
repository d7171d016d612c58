import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sqlState } from '../src/database/sqlstate.ts';
import { raw, sql } from '../src/sql/sql.ts';
import { untilTrue } from './support/client.ts';
import { withDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { race } from './support/race.ts';
import { stepped, type Point } from './support/stepped.ts';

// What the storm found, each reduced to the few steps that it takes.

const migration = 'examples/extract-json/migration.yaml';
const before = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb);
  INSERT INTO users VALUES (1, 'one', '{"theme": "light", "notifications": {"digest": "daily"}}'), (2, 'two', '{}')`;

describe('after contract and back', () => {
  it('a row whose document one new table made longer, so that it went to another page, takes the other’s values too', () =>
    race(
      {
        migration,
        before: `${before}; INSERT INTO users SELECT i, repeat('x', 700), '{"theme": "light"}' FROM generate_series(3, 60) AS i`,
        phase: 'contract',
      },
      async (r) => {
        await r.db.run(`UPDATE user_preferences SET theme = repeat('dark', 100);
          UPDATE notification_preferences SET digest = 'never', email = false WHERE user_id > 1;
          DELETE FROM notification_preferences WHERE user_id = 1`);
        await r.m.back('switch');
        expect(
          await r.row(`SELECT count(*)::int AS n FROM users
            WHERE preferences ->> 'theme' LIKE 'dark%' AND preferences -> 'notifications' ->> 'digest' = 'never' AND preferences -> 'notifications' ->> 'email' = 'false'`),
        ).toEqual({ n: 59 });
        expect(
          await r.row(`SELECT preferences #> '{notifications,digest}' IS NOT NULL AS kept FROM users WHERE id = 1`),
        ).toEqual({
          kept: false,
        });
        expect(await r.row(`SELECT email, digest FROM notification_preferences WHERE user_id = 1`)).toEqual({
          email: true,
          digest: null,
        });
      },
    ));
});

describe.each(['with', 'without'])('a row that goes to another partition, %s a foreign key', (how) => {
  const partitioned = {
    migration: `test/support/migrations/${how}-foreign-key.yaml`,
    before: `
      CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb) PARTITION BY RANGE (id);
      CREATE TABLE users_low PARTITION OF users FOR VALUES FROM (0) TO (100);
      CREATE TABLE users_high PARTITION OF users DEFAULT;
      INSERT INTO users VALUES (1, 'one', '{"theme": "light"}'), (2, 'two', '{"theme": "light"}')`,
  };

  it('while documents are older than the new tables takes along what these say', async () => {
    let moved = false;
    await race(
      {
        ...partitioned,
        phase: 'contract',
        at: async ({ role, when, text }, r) => {
          if (moved || role !== 'worker' || when !== 'before' || !text.includes('FOR NO KEY UPDATE')) return;
          moved = true;
          await r.db.run('UPDATE users SET id = 101 WHERE id = 1');
        },
      },
      async (r) => {
        await r.db.run(`UPDATE user_preferences SET theme = 'dark', other = '{"beta": true}'`);
        await r.m.back('dual-write');
        expect(moved).toBe(true);
        expect(await r.db.rows('SELECT id, preferences FROM users ORDER BY id')).toEqual([
          { id: 2, preferences: { theme: 'dark', beta: true } },
          { id: 101, preferences: { theme: 'dark', beta: true } },
        ]);
      },
    );
  });

  it('is there for new code in the same transaction', () =>
    race({ ...partitioned, phase: 'dual-write' }, async (r) => {
      await r.db.run(
        `BEGIN; UPDATE users SET id = 101 WHERE id = 1; UPDATE user_preferences SET theme = 'dark' WHERE user_id = 101; COMMIT`,
      );
      expect(await r.row('SELECT preferences FROM users WHERE id = 101')).toEqual({ preferences: { theme: 'dark' } });
    }));

  it('keeps what a document cannot hold', () =>
    race({ ...partitioned, phase: 'dual-write' }, async (r) => {
      await r.db.run(
        `UPDATE users SET preferences = '[1]' WHERE id = 1; UPDATE user_preferences SET theme = 'dark' WHERE user_id = 1`,
      );
      await r.db.run('UPDATE users SET id = 101 WHERE id = 1');
      expect(await r.row('SELECT theme FROM user_preferences WHERE user_id = 101')).toEqual({ theme: 'dark' });
    }));

  it.each(['DELETE FROM users WHERE id = 1', 'UPDATE users SET id = 101 WHERE id = 1'])(
    'leaves nothing behind: %s',
    (write) =>
      race({ ...partitioned, phase: 'dual-write' }, (r) =>
        r.db.run(`SET session_replication_role = replica; ${write}; RESET session_replication_role`),
      ),
  );
});

describe('a copy that is left at the key of a deleted row', () => {
  it.each([
    ['DELETE', 100, (key: number) => `DELETE FROM users WHERE id = ${key}`],
    ['UPDATE', 100, (key: number) => `UPDATE users SET id = ${key + 1000} WHERE id = ${key}`],
    [
      'DELETE of more rows than are drained at once',
      10_200,
      (key: number) => `DELETE FROM users WHERE id > 100; DELETE FROM users WHERE id = ${key}`,
    ],
  ])(
    'does not fail the next row that comes to that key: %s just before the foreign keys come',
    async (_what, rows, write) => {
      // Another row for each try to get the locks: what an earlier one found has been drained.
      let key = 9;
      let added = false;
      let outcome: string | null = null;
      await race(
        {
          migration,
          before: `${before}; INSERT INTO users SELECT i, 'more', '{}' FROM generate_series(10, ${rows}) AS i`,
          phase: 'expand',
          at: async ({ role, when, text }, r) => {
            if (role !== 'executor' || outcome) return;
            // The drain before that step has run, and the step has not asked for its locks yet.
            if (when === 'before' && /^LOCK TABLE .*user_preferences.* SHARE ROW/.test(text))
              await r.db.run(write(++key));
            if (when === 'after' && text.includes('FOREIGN KEY')) added = true;
            if (when !== 'after' || text !== 'COMMIT' || !added) return;
            outcome = await r.db.run(`UPDATE users SET id = ${key} WHERE id = 1`).then(
              () => 'done',
              (error: unknown) => sqlState(error) ?? String(error),
            );
          },
        },
        async (r) => {
          await r.m.to('backfill');
          expect(key).toBeGreaterThan(9);
          expect(outcome).toBe('done');
        },
      );
    },
  );

  it.each(['DELETE FROM users WHERE id = 2', 'UPDATE users SET id = 3 WHERE id = 2'])(
    'nor after a writer in replica role, for whom no foreign key cascades: %s',
    (write) =>
      race({ migration, before, phase: 'backfill' }, async (r) => {
        const replica = await r.session('SET session_replication_role = replica');
        await replica.do(write);
        await r.db.run('UPDATE users SET id = 2 WHERE id = 1');
        expect(await r.row('SELECT count(*)::int AS n FROM user_preferences WHERE user_id = 2')).toEqual({ n: 1 });
      }),
  );

  it.each(['DELETE FROM users WHERE id = 2', 'UPDATE users SET id = 3 WHERE id = 2'])(
    'is drained after one whose snapshot is older than the copy: %s',
    (write) =>
      race({ migration, before, phase: 'dual-write' }, async (r) => {
        const replica = await r.session(
          'SET session_replication_role = replica; BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM users',
        );
        // The document has nothing to strip, so that only the copy is younger than the snapshot.
        await r.db.run(`DELETE FROM notification_preferences WHERE user_id = 2`);
        await r.db.run(`UPDATE notification_preferences SET email = true WHERE user_id = 2`);
        const outcome = await replica.do(write).then(
          () => replica.do('COMMIT').then(() => 'committed'),
          (error: unknown) => (error as { code?: string }).code,
        );
        expect(['committed', '40001']).toContain(outcome);
      }),
  );
});

it('a TRUNCATE whose snapshot does not show a copy leaves it to the next gate', () =>
  race({ migration: 'test/support/migrations/without-foreign-key.yaml', before, phase: 'dual-write' }, async (r) => {
    const late = await r.session('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM users');
    await r.db.run(`INSERT INTO users VALUES (3, 'three', '{"theme": "dark"}')`);
    await late.do('TRUNCATE users; COMMIT');
    expect(await r.row('SELECT user_id FROM user_preferences')).toEqual({ user_id: 3 });
    await r.m.to('contract');
    expect(await r.row('SELECT count(*)::int AS n FROM user_preferences')).toEqual({ n: 0 });
  }));

it('a drain that takes orphans away does not take the rows of one who inserts the key again', () =>
  race({ migration: 'test/support/migrations/without-foreign-key.yaml', before, phase: 'dual-write' }, async (r) => {
    const late = await r.session('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM users');
    const insert = `INSERT INTO users VALUES (3, 'three', '{"theme": "dark"}')`;
    await r.db.run(insert);
    await late.do('TRUNCATE users; COMMIT');
    // Its copy is there already and says the same: nothing to write.
    const again = await r.session(`BEGIN; ${insert}; SET CONSTRAINTS ALL IMMEDIATE`);
    const draining = await (await r.session()).startAndWait(`SELECT lockkeeper."user-preferences_0_drain"(500)`);
    await again.do('COMMIT');
    expect(await draining.end).toMatchObject({ rows: [expect.anything()] });
    expect(await r.row('SELECT theme FROM user_preferences WHERE user_id = 3')).toEqual({ theme: 'dark' });
  }));

describe('a row of a new table without its source, right before the foreign key is validated,', () => {
  /** Of a row that is captured once the key is there, in a transaction that is older than its copy. */
  const validating = (write: string) =>
    withDatabase(before, async (db) => {
      const old = await db.connect('executor', 'old');
      let next: 'key' | 'COMMIT' | 'VALIDATE CONSTRAINT' | null = 'key';
      const meddled = stepped(db.connect, async ({ when, text }) => {
        if (text.startsWith('INSERT')) return; // of the plan
        if (next === 'key' && text.includes('NOT VALID')) next = 'COMMIT';
        if (next === 'COMMIT' && when === 'after' && text === next) {
          await db.run(`INSERT INTO users VALUES (7, 'seven', '{"theme": "dark"}')`);
          await old.execute(sql`SET session_replication_role = replica`);
          await old.execute(sql`BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_namespace`);
          next = 'VALIDATE CONSTRAINT';
        }
        if (next === 'VALIDATE CONSTRAINT' && when === 'before' && text.includes(next)) {
          await old.execute(raw(`${write}; COMMIT`));
          next = null;
        }
      });
      try {
        const { outcome } = await migrate(meddled, migration).apply('backfill');
        return { outcome, rows: await db.rows('SELECT user_id::int FROM user_preferences ORDER BY 1') };
      } finally {
        await old.close();
      }
    });

  it('goes when its source was deleted in replica role', async () => {
    expect(await validating('DELETE FROM public.users WHERE id = 7')).toEqual({
      outcome: 'reached',
      rows: [{ user_id: 1 }, { user_id: 2 }],
    });
  });

  it('stops the run when it never had one', async () => {
    await expect(validating('INSERT INTO public.user_preferences (user_id) VALUES (8)')).rejects.toMatchObject({
      code: 'STEP_FAILED',
      hint: expect.stringContaining('violates foreign key constraint') as unknown,
    });
  });
});

describe('an executor', () => {
  it('is found busy, and can be taken over from, before it has made a journal', () =>
    withDatabase(before, async (db) => {
      let reached: () => void = () => undefined;
      const isThere = new Promise<void>((resolve) => (reached = resolve));
      let wake: () => void = () => undefined;
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const frozen = stepped(db.connect, async ({ when, text }) => {
        if (when !== 'before' || !text.startsWith('CREATE SCHEMA')) return;
        reached();
        await woken;
      });
      const zombie = migrate(frozen, migration).apply('expand');
      await isThere;
      const other = migrate(db.connect, migration);
      await expect(other.apply('expand')).rejects.toMatchObject({ code: 'EXECUTOR_BUSY' });
      await expect(other.apply('expand', { takeOver: true })).resolves.toMatchObject({ outcome: 'reached' });
      wake();
      await expect(zombie).rejects.toThrow();
      expect(await other.run()).toMatchObject({ phase: 'expand', state: 'waiting', executor: null });
    }));

  it.each([
    ['executor', 'UPDATE users SET email = email WHERE id = 1'],
    ['worker', 'UPDATE users SET email = email'],
  ])('that is frozen while its %s holds locks keeps nobody out for long', { timeout: 120_000 }, (frozenRole, write) =>
    withDatabase(
      `CREATE TABLE users (id bigint PRIMARY KEY, email text, country text); INSERT INTO users VALUES (1, NULL, 'de')`,
      async (db) => {
        const renaming = join(await mkdtemp(join(tmpdir(), 'lockkeeper-frozen-')), 'migration.yaml');
        await writeFile(
          renaming,
          'version: 1\nname: frozen\noperations:\n  - rename_column: { table: users, from: country, to: nation }\n',
        );
        let reached: () => void = () => undefined;
        const isThere = new Promise<void>((resolve) => (reached = resolve));
        let wake: () => void = () => undefined;
        const woken = new Promise<void>((resolve) => (wake = resolve));
        const at = ({ role, when, inTransaction, text }: Point) =>
          role === frozenRole &&
          when === 'after' &&
          inTransaction &&
          (frozenRole === 'worker' ? text.includes('UPDATE') : text.startsWith('ALTER TABLE'));
        const frozen = stepped(db.connect, async (point) => {
          if (!at(point)) return;
          reached();
          await woken;
        });
        const zombie = migrate(frozen, renaming).apply('backfill');
        await isThere;
        await db.run(write);
        const other = migrate(db.connect, renaming);
        await expect(other.apply('backfill', { takeOver: true })).resolves.toMatchObject({ outcome: 'reached' });
        wake();
        await expect(zombie).rejects.toThrow();
        expect(await other.run()).toMatchObject({ phase: 'backfill', state: 'waiting' });
        await rm(dirname(renaming), { recursive: true });
      },
    ),
  );

  it('waits while somebody rewrites the table whose backfill begins', () =>
    race({ migration, before, phase: 'expand' }, async (r) => {
      const rewriting = await r.session('BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
      const applied = r.m.to('backfill');
      await untilTrue(
        r.db.url,
        `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'users'::regclass)`,
      );
      await setTimeout(300); // longer than our sessions wait for a lock
      await rewriting.do('COMMIT');
      await applied;
    }));

  it('goes on when somebody cancels what it asks while it waits for older transactions', async () => {
    let cancelled = 0;
    await race(
      {
        migration,
        before,
        phase: 'backfill',
        at: ({ role, when, text, session }) => {
          if (role !== 'drain' || when !== 'before' || !text.includes('virtualxid') || cancelled > 2) return;
          cancelled++;
          throw Object.assign(new Error('canceling statement due to user request'), {
            code: '57014',
            pid: session.pid,
          });
        },
      },
      async (r) => {
        await r.m.to('dual-write');
        expect(cancelled).toBe(3);
      },
    );
  });

  it('whose rollback was cut short after the last undo writes down that it is done, and asks for nothing', async () => {
    await withDatabase(before, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('dual-write');
      await m.approveAll();
      const mortal = stepped(db.connect, ({ when, text }) => {
        if (when === 'after' && text.includes(`.quarantine SET state = 'settled'`)) throw new Error('It is gone.');
      });
      await expect(migrate(mortal, migration).rollback()).rejects.toThrow('It is gone.');
      await expect(m.rollback()).resolves.toMatchObject({ outcome: 'reached', phase: null });
      expect(await m.run()).toMatchObject({ state: 'rolledBack' });
    });
  });
});
