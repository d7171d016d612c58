import { describe, expect, it } from 'vitest';
import type { RunContext } from '../src/backfill/context.ts';
import { drainOnce } from '../src/backfill/drain.ts';
import { Journal } from '../src/journal/journal.ts';
import { untilTrue, type Client } from './support/client.ts';
import { race, untilWaitingFor, type Race } from './support/race.ts';
import type { Point } from './support/stepped.ts';

// Copies, drains and changes of mode, stepped by hand against writers. Every one ends with a comparison of both shapes, row by row.

const withForeignKey = 'test/support/migrations/with-foreign-key.yaml';
const withoutForeignKey = 'test/support/migrations/without-foreign-key.yaml';
const users = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb);
  INSERT INTO users VALUES (1, 'one', '{"theme": "light", "language": "de"}'), (2, 'two', '{}'), (3, 'three', NULL)`;
const manyUsers = `${users}; INSERT INTO users SELECT i, repeat('x', 500), '{"theme": "light"}' FROM generate_series(100, 4000) AS i`;

const preferences = async ({ row }: Race, id: number) =>
  (await row(`SELECT preferences FROM users WHERE id = ${id}`))?.['preferences'];
const theme = async ({ row }: Race, id: number) =>
  (await row(`SELECT theme FROM user_preferences WHERE user_id = ${id}`))?.['theme'];
const drain = `SELECT lockkeeper."user-preferences_0_drain"(500)`;
const captured = (key: number) =>
  `INSERT INTO lockkeeper.dirty (migration, mapping, key) VALUES ('user-preferences', 'users.preferences', '[${key}]')`;

/** Which change of mode the executor is about to make, or has just committed. */
function changesOfMode() {
  let begun = 0;
  let told = 0;
  return ({ role, when, text }: Point): { about: number } | { committed: number } | null => {
    if (role !== 'executor') return null;
    if (when === 'before' && /CREATE OR REPLACE .*_forward/.test(text)) return { about: ++begun };
    if (when === 'after' && text === 'COMMIT' && begun > told) return { committed: (told = begun) };
    return null;
  };
}

it('a row that an unrelated UPDATE moves behind the sweep is not missed', async () => {
  let moved: Promise<void> | null = null;
  await race(
    {
      migration: withForeignKey,
      before: manyUsers,
      phase: 'expand',
      at: async ({ role, when, text }, r) => {
        if (role !== 'worker' || when !== 'before' || !text.includes('try_advisory_xact_lock_shared')) return;
        await (moved ??= r.db.run(`UPDATE users SET email = repeat('y', 1500) WHERE id > 3900`));
      },
    },
    async (r) => {
      await r.m.to('backfill');
      expect(moved).not.toBeNull();
    },
  );
});

it('a row that is deleted after the drain and before there is a foreign key leaves nothing to refuse', async () => {
  let deleted = false;
  await race(
    {
      migration: withForeignKey,
      before: users,
      phase: 'expand',
      at: async ({ role, when, text }, r) => {
        if (deleted || role !== 'executor' || when !== 'before' || !/^LOCK TABLE .*SHARE ROW EXCLUSIVE/.test(text))
          return;
        deleted = true;
        await r.db.run('DELETE FROM users WHERE id = 1');
      },
    },
    async (r) => {
      await r.m.to('backfill');
      expect(deleted).toBe(true);
      expect(await theme(r, 1)).toBeUndefined();
    },
  );
});

it('a row that is deleted and inserted again in one statement keeps its document', () =>
  race({ migration: withoutForeignKey, before: users, phase: 'dual-write' }, async (r) => {
    await r.db.run(
      `WITH gone AS (DELETE FROM users WHERE id = 1 RETURNING *) INSERT INTO users SELECT id, email, '{"theme": "dark"}' FROM gone`,
    );
    expect(await preferences(r, 1)).toEqual({ theme: 'dark' });
    expect(await theme(r, 1)).toBe('dark');
  }));

it('a column that somebody adds to a new table, or takes from it, reaches sessions that have synced before', () =>
  race({ migration: withForeignKey, before: users, phase: 'dual-write' }, async (r) => {
    const session = await r.session();
    const write = (value: string) =>
      session.do(
        `UPDATE users SET preferences = preferences || '{"theme": "${value}"}' WHERE id = 1; INSERT INTO users SELECT max(id) + 1, '', '{"theme": "${value}"}' FROM users`,
      );
    await write('one');
    await r.db.run('ALTER TABLE user_preferences ADD density text');
    await write('two');
    expect(await theme(r, 1)).toBe('two');
    await r.db.run(`UPDATE user_preferences SET density = 'high' WHERE user_id = 1`);
    await write('three');
    expect(await r.row('SELECT theme, density FROM user_preferences WHERE user_id = 1')).toEqual({
      theme: 'three',
      density: 'high',
    });
    await r.db.run('ALTER TABLE user_preferences DROP density');
    await write('four');
    expect(await theme(r, 1)).toBe('four');
  }));

describe('changes of mode', () => {
  it('nothing is written back from copies before captured writes have reached them', async () => {
    let moved = false;
    const change = changesOfMode();
    await race(
      {
        migration: withForeignKey,
        before: users,
        phase: 'backfill',
        at: async (point, r) => {
          const now = change(point);
          if (!now || !('committed' in now) || now.committed !== 2) return;
          moved = true;
          await early.do('COMMIT');
          await r.db.run('UPDATE users SET id = 101 WHERE id = 1');
        },
      },
      async (r) => {
        early = await r.session(`BEGIN; UPDATE users SET preferences = '{"theme": "dark"}' WHERE id = 1`);
        const applied = r.m.to('dual-write');
        await untilWaitingFor(r, early, applied);
        await early.do('COMMIT');
        await applied;
        expect(moved).toBe(true);
        expect(await preferences(r, 101)).toEqual({ theme: 'dark' });
        expect(await theme(r, 101)).toBe('dark');
      },
    );
  });
  let early: Client;

  it('what a snapshot of the mode before still writes is waited for after the last change', async () => {
    const change = changesOfMode();
    let late: Client | null = null;
    let written: Promise<unknown> = Promise.resolve();
    await race(
      {
        migration: withForeignKey,
        before: users,
        phase: 'backfill',
        at: async (point, r) => {
          const now = change(point);
          if (!now || !('about' in now) || now.about !== 2) return;
          const client = (late = await r.session(
            `BEGIN ISOLATION LEVEL REPEATABLE READ; UPDATE users SET preferences = '{"theme": "dark"}' WHERE id = 1`,
          ));
          written = Promise.resolve()
            .then(() => untilWaitingFor(r, client, applied))
            .then(() => client.do('COMMIT'));
        },
      },
      async (r) => {
        applied = r.m.to('dual-write');
        await applied;
        await written;
        expect(late).not.toBeNull();
        expect(await theme(r, 1)).toBe('dark');
      },
    );
  });
  let applied: Promise<void>;

  it('an executor that is cut right after a change of mode waits when it comes back', async () => {
    const change = changesOfMode();
    let cut = false;
    await race(
      {
        migration: withForeignKey,
        before: users,
        phase: 'backfill',
        at: async (point, r) => {
          const now = change(point);
          if (now && 'about' in now && now.about === 2)
            late = await r.session(
              `BEGIN ISOLATION LEVEL REPEATABLE READ; UPDATE users SET preferences = '{"theme": "dark"}' WHERE id = 1`,
            );
          if (!now || !('committed' in now) || now.committed !== 2) return;
          cut = true;
          throw new Error('cut');
        },
      },
      async (r) => {
        await expect(r.m.to('dual-write')).rejects.toThrow();
        expect(cut).toBe(true);
        const again = r.m.to('dual-write');
        await untilWaitingFor(r, late, again);
        await late.do('COMMIT');
        await again;
        expect(await theme(r, 1)).toBe('dark');
      },
    );
  });
  let late: Client;

  it('a prepared transaction is waited for like any other', () =>
    race({ migration: withForeignKey, before: users, phase: 'backfill' }, async (r) => {
      const name = `prepared_${r.db.session.pid}`;
      const client = await r.session();
      await client.do(
        `BEGIN; UPDATE users SET preferences = '{"theme": "dark"}' WHERE id = 1; PREPARE TRANSACTION '${name}'`,
      );
      try {
        const work = r.m.to('dual-write');
        await untilWaitingFor(r, { pid: 0 }, work);
        await client.do(`COMMIT PREPARED '${name}'`);
        await work;
        expect(await theme(r, 1)).toBe('dark');
      } finally {
        await client.do(`ROLLBACK PREPARED '${name}'`).catch(() => undefined);
      }
    }));
});

describe('drains', () => {
  it('beside a writer that syncs at once, its value stays', async () => {
    const change = changesOfMode();
    let mixed = false;
    let over = false;
    let written: Promise<unknown> | null = null;
    await race(
      {
        migration: withForeignKey,
        before: users,
        phase: 'backfill',
        at: async (point, r) => {
          const now = change(point);
          if (now && 'committed' in now) mixed = true;
          const { role, when, text, session } = point;
          if (!mixed || role !== 'drain' || !/^SELECT .*_drain/.test(text)) return;
          if (when === 'after') over = true;
          if (when === 'after' || written) return;
          // The copy is behind; the writer brings it up to date and holds it, and the drain has not seen what it wrote.
          const writer = await r.session(`BEGIN; UPDATE users SET preferences = '{"theme": "dark"}' WHERE id = 1`);
          const waits = `SELECT cardinality(pg_blocking_pids(${session.pid})) > 0`;
          written = untilTrue(r.db.url, waits, () => over).then(() => writer.do('COMMIT'));
        },
      },
      async (r) => {
        await r.db.run(`UPDATE users SET preferences = '{"theme": "grey"}' WHERE id = 1`);
        await r.m.to('dual-write');
        expect(written).not.toBeNull();
        await written;
        expect(await theme(r, 1)).toBe('dark');
      },
    );
  });

  it('of an executor that was replaced keep nothing', () =>
    race({ migration: withForeignKey, before: users, phase: 'backfill' }, async (r) => {
      await r.db.run('DELETE FROM users WHERE id = 1');
      const run = await r.m.run();
      if (!run) throw new Error('It has not begun.');
      const [mapping] = run.plan.mappings;
      const session = await r.db.connect('drain');
      const replaced = {
        run: { id: run.id, token: run.token - 1, migration: run.migration },
        journal: new Journal('lockkeeper'),
      };
      try {
        if (mapping)
          await expect(drainOnce(replaced as RunContext, session, mapping)).rejects.toMatchObject({
            code: 'EXECUTOR_REPLACED',
          });
      } finally {
        await session.close();
      }
      expect(await r.row('SELECT count(*)::int AS n FROM lockkeeper.dirty')).toEqual({ n: 1 });
    }));

  it('of a row that was deleted and inserted again leave alone what only its new row holds', () =>
    race({ migration: withoutForeignKey, before: users, phase: 'dual-write' }, async (r) => {
      await r.db.run(
        `ALTER TABLE user_preferences ADD density text; UPDATE user_preferences SET density = 'high' WHERE user_id = 1; ${captured(1)}`,
      );
      await r.db.run(drain);
      expect(await r.row('SELECT density FROM user_preferences WHERE user_id = 1')).toEqual({ density: 'high' });
    }));

  it('of a TRUNCATE bring back who came while they deleted, also where the new tables write nothing back yet', async () => {
    const change = changesOfMode();
    let drained: unknown = null;
    await race(
      {
        migration: withoutForeignKey,
        before: users,
        phase: 'backfill',
        at: async (point, r) => {
          const now = change(point);
          if (!now || !('committed' in now) || now.committed !== 1) return;
          const late = await r.session('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM users');
          const insert = `INSERT INTO users VALUES (9, 'nine', '{"theme": "dark"}')`;
          await r.db.run(insert);
          await late.do('TRUNCATE users; COMMIT');
          // Its copy is there already, left by the row that the TRUNCATE took: the drain waits for it, and does not see it come.
          const again = await r.session(`BEGIN; ${insert}; SET CONSTRAINTS ALL IMMEDIATE`);
          const draining = await (await r.session()).startAndWait(drain);
          await again.do('COMMIT');
          drained = await draining.end;
        },
      },
      async (r) => {
        await r.m.to('dual-write');
        expect(drained).toMatchObject({ rows: [expect.anything()] });
        expect(await theme(r, 9)).toBe('dark');
      },
    );
  });
});

describe('without a foreign key, while everyone syncs at once', () => {
  /** The copy of row 1 is missing, and what adds it comes after a snapshot. */
  const withoutCopy = `ALTER TABLE user_preferences DISABLE TRIGGER USER; DELETE FROM user_preferences WHERE user_id = 1; DO $$ DECLARE t text; BEGIN
    FOR t IN SELECT quote_ident(tgname) FROM pg_trigger WHERE tgrelid = 'user_preferences'::regclass AND NOT tgisinternal LOOP
      EXECUTE 'ALTER TABLE user_preferences ENABLE ALWAYS TRIGGER ' || t; END LOOP; END $$`;
  const waysAway = ['DELETE FROM users WHERE id = 1', 'UPDATE users SET id = 101 WHERE id = 1'];
  const snapshot = 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM users';
  /** Holds no lock that contract would wait for by itself. */
  const untouching = 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_namespace';
  const untilCopied = (r: Race, work: Promise<unknown>) => {
    let over = false;
    const end = () => void (over = true);
    work.then(end, end);
    return untilTrue(r.db.url, 'SELECT EXISTS (SELECT FROM user_preferences WHERE user_id = 1)', () => over);
  };

  it('a REPEATABLE READ writer that saw the copy of a row leaves nothing to drain', () =>
    race({ migration: withoutForeignKey, before: users, phase: 'dual-write' }, async (r) => {
      await (
        await r.session()
      ).do(`${snapshot}; UPDATE users SET id = 101 WHERE id = 1; DELETE FROM users WHERE id = 2; COMMIT`);
      expect(await r.row('SELECT count(*)::int AS n FROM lockkeeper.dirty')).toEqual({ n: 0 });
      expect(await theme(r, 101)).toBe('light');
    }));

  it.each(waysAway)('a repair waits for snapshots that do not see what it adds: %s', (away) =>
    race({ migration: withoutForeignKey, before: users, phase: 'dual-write' }, async (r) => {
      await r.db.run(withoutCopy);
      const late = await r.session(snapshot);
      const repair = r.m.repair();
      await untilCopied(r, repair);
      await late.do(`${away}; COMMIT`);
      await repair;
    }),
  );

  it.each(waysAway)('so does the gate before contract: %s', (away) =>
    race({ migration: withoutForeignKey, before: users, phase: 'switch' }, async (r) => {
      await r.db.run(`${withoutCopy}; ${captured(1)}`);
      const late = await r.session(untouching);
      await r.m.approveAll();
      const contract = r.m.to('contract');
      await untilWaitingFor(r, late, contract);
      await late.do(`${away}; COMMIT`);
      await contract;
      expect(await theme(r, 1)).toBeUndefined();
    }),
  );

  it.each(waysAway)('so does contract, for what was captured since its gates: %s', async (away) => {
    let late = null as Client | null;
    await race(
      {
        migration: withoutForeignKey,
        before: users,
        phase: 'switch',
        at: async ({ role, when, text }, r) => {
          if (late || role !== 'executor' || when !== 'before' || !text.startsWith('LOCK TABLE')) return;
          late = await r.session();
          await r.db.run(withoutCopy);
          await late.do(untouching);
          await r.db.run(captured(1));
        },
      },
      async (r) => {
        await r.m.approveAll();
        const contract = r.m.to('contract');
        await expect.poll(() => late, { timeout: 60_000 }).not.toBeNull();
        if (late) await untilWaitingFor(r, late, contract);
        await late?.do(`${away}; COMMIT`);
        await contract;
        expect(await theme(r, 1)).toBeUndefined();
      },
    );
  });
});

describe('back from contract', () => {
  it('is not over before a captured row that somebody held has been brought up to date', async () => {
    let moved = false;
    await race(
      {
        migration: withForeignKey,
        before: `${users}; INSERT INTO users SELECT i, 'x', '{"theme": "light"}' FROM generate_series(100, 1500) AS i`,
        phase: 'contract',
        at: async ({ role, when, text }, r) => {
          if (moved || role !== 'worker' || when !== 'before' || !text.includes('FOR NO KEY UPDATE')) return;
          moved = true;
          await r.db.run(
            `UPDATE users SET email = repeat('x', 1500) WHERE id BETWEEN 100 AND 120; UPDATE users SET email = repeat('x', 1500) WHERE id = 1`,
          );
          await holder.do('BEGIN; SELECT FROM users WHERE id = 1 FOR UPDATE');
        },
      },
      async (r) => {
        holder = await r.session();
        await r.db.run(`UPDATE user_preferences SET theme = 'dark' WHERE user_id = 1`);
        let over = false;
        const back = r.m.back('dual-write').finally(() => (over = true));
        await untilTrue(
          r.db.url,
          `SELECT EXISTS (SELECT FROM lockkeeper.event WHERE event ->> 'type' = 'drain.progressed' AND (event ->> 'pending')::int = 1)`,
          () => over,
        );
        await holder.do('COMMIT');
        await back;
        expect(moved).toBe(true);
        expect(await preferences(r, 1)).toEqual({ theme: 'dark', language: 'de' });
      },
    );
  });
  let holder: Client;

  it('a value that new code has written and not committed when the rows are locked is not lost', async () => {
    let asked = false;
    let done = false;
    let written: Promise<unknown> = Promise.resolve();
    await race(
      {
        migration: withForeignKey,
        before: users,
        phase: 'contract',
        at: async ({ role, when, text, session }, r) => {
          if (asked || role !== 'worker' || when !== 'before' || !text.startsWith('WITH held')) return;
          asked = true;
          const writer = await r.session('BEGIN');
          await writer.startAndWait(`UPDATE user_preferences SET theme = 'light' WHERE user_id = 1`);
          const waits = `SELECT cardinality(pg_blocking_pids(${session.pid})) > 0`;
          written = untilTrue(r.db.url, waits, () => done).then(() => writer.do('COMMIT'));
        },
      },
      async (r) => {
        await r.db.run(`UPDATE user_preferences SET theme = 'dark' WHERE user_id = 1`);
        await r.m.back('dual-write').finally(() => (done = true));
        await written;
        expect(asked).toBe(true);
        expect(await theme(r, 1)).toBe('light');
        expect(await preferences(r, 1)).toEqual({ theme: 'light', language: 'de' });
      },
    );
  });
});
