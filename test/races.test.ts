import { describe, expect, it } from 'vitest';
import { sqlState } from '../src/database/sqlstate.ts';
import type { RunContext } from '../src/backfill/context.ts';
import { drainOnce } from '../src/backfill/drain.ts';
import { Journal } from '../src/journal/journal.ts';
import { race, untilWaitingFor, type Race, type Setting } from './support/race.ts';

// Interleavings of sessions stepped by hand. Every one ends with a comparison of both shapes, row by row.

const migration = 'examples/extract-json/migration.yaml';
const before = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb);
  INSERT INTO users VALUES
    (1, 'one', '{"theme": "light", "language": "de", "items_per_page": 10, "notifications": {"email": true, "digest": "daily"}, "beta": true}'),
    (2, 'two', '{"theme": "light", "items_per_page": "many"}'),
    (3, 'three', NULL), (4, 'four', '{}'), (5, 'five', '[1, 2]'), (6, 'six', '"scalar"'), (7, 'seven', 'null'),
    (8, 'eight', '{"theme": "light", "notifications": "none"}'), (9, 'nine', '{"theme": "light"}')`;
const inPhase = (phase: Setting['phase'], work: (r: Race) => Promise<void>, more = '') =>
  race({ migration, before: before + ';' + more, phase }, work);
const preferences = async ({ row }: Race, id: number) =>
  (await row(`SELECT preferences FROM users WHERE id = ${id}`))?.['preferences'];
const both = ({ row }: Race, id: number) =>
  row(
    `SELECT u.theme, u.language, u.items_per_page AS items, u.other, n.email, n.digest FROM user_preferences u JOIN notification_preferences n USING (user_id) WHERE user_id = ${id}`,
  );

const triggerThat = (name: string, when: string, table: string, body: string) => `;
  CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN NEW; END $$;
  CREATE TRIGGER "${name}" ${when} ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}();`;

describe('triggers of the application', () => {
  it.each(['a_first', 'zzz_last'])('an AFTER trigger (%s) writes the same row again, and another row', (name) =>
    inPhase(
      'dual-write',
      async (r) => {
        await r.db.run(`UPDATE users SET preferences = preferences || '{"theme": "DARK"}' WHERE id IN (1, 9)`);
        expect(await preferences(r, 1)).toMatchObject({ theme: 'dark' });
        expect(await both(r, 1)).toMatchObject({ theme: 'dark' });
        await r.db.run(`UPDATE user_preferences SET theme = 'PINK' WHERE user_id = 9`);
        expect(await both(r, 9)).toMatchObject({ theme: 'pink' });
        expect(await both(r, 4)).toMatchObject({ language: 'pink' });
      },
      triggerThat(
        name,
        'AFTER UPDATE',
        'users',
        `IF NEW.preferences ->> 'theme' <> lower(NEW.preferences ->> 'theme') THEN
           UPDATE users SET preferences = jsonb_set(preferences, '{theme}', to_jsonb(lower(preferences ->> 'theme'))) WHERE id = NEW.id;
           UPDATE users SET preferences = preferences || jsonb_build_object('language', lower(NEW.preferences ->> 'theme')) WHERE id = 4;
         END IF;`,
      ),
    ),
  );

  it('a BEFORE trigger normalises on the source, for writes from both sides', () =>
    inPhase(
      'dual-write',
      async (r) => {
        await r.db.run(`UPDATE user_preferences SET theme = 'PINK' WHERE user_id = 1`);
        expect(await preferences(r, 1)).toMatchObject({ theme: 'pink' });
        expect(await both(r, 1)).toMatchObject({ theme: 'pink' });
        await r.db.run(`UPDATE users SET preferences = '{"theme": "GREY"}' WHERE id = 4`);
        expect(await both(r, 4)).toMatchObject({ theme: 'grey' });
      },
      triggerThat(
        'normalise',
        'BEFORE INSERT OR UPDATE',
        'users',
        `IF NEW.preferences ? 'theme' THEN NEW.preferences := jsonb_set(NEW.preferences, '{theme}', to_jsonb(lower(NEW.preferences ->> 'theme'))); END IF;`,
      ),
    ));

  it('a BEFORE trigger normalises on the target, for writes from both sides', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run(
        triggerThat('normalise', 'BEFORE INSERT OR UPDATE', 'user_preferences', `NEW.theme := lower(NEW.theme);`).slice(
          1,
        ),
      );
      await r.db.run(`UPDATE users SET preferences = '{"theme": "GREY"}' WHERE id = 4`);
      await r.db.run(`UPDATE user_preferences SET theme = 'PINK' WHERE user_id = 1`);
      await r.db.run(`INSERT INTO users VALUES (50, 'x', '{"theme": "BLUE"}')`);
      expect([(await both(r, 4))?.['theme'], (await both(r, 1))?.['theme'], (await both(r, 50))?.['theme']]).toEqual([
        'grey',
        'pink',
        'blue',
      ]);
      expect([await preferences(r, 4), await preferences(r, 50)]).toEqual([{ theme: 'grey' }, { theme: 'blue' }]);
    }));

  it('a BEFORE trigger changes the document when another column is written', () =>
    inPhase(
      'dual-write',
      async (r) => {
        await r.db.run(`UPDATE users SET email = 'dark' WHERE id = 1`);
        expect(await both(r, 1)).toMatchObject({ theme: 'dark' });
      },
      triggerThat(
        'derive',
        'BEFORE UPDATE',
        'users',
        `NEW.preferences := NEW.preferences || jsonb_build_object('theme', NEW.email);`,
      ),
    ));

  it('a json column, which has no equality, is compared by its image', () =>
    inPhase(
      'dual-write',
      async (r) => {
        await r.db.run(`UPDATE users SET preferences = '{"theme": "dark"}' WHERE id = 1`);
        await r.db.run(`UPDATE user_preferences SET language = 'fr' WHERE user_id = 1`);
        expect(await both(r, 1)).toMatchObject({ theme: 'dark', language: 'fr' });
        expect(await preferences(r, 1)).toEqual({ theme: 'dark', language: 'fr' });
      },
      'ALTER TABLE users ALTER preferences TYPE json',
    ));
});

describe('snapshots older than our copies', () => {
  const writes = {
    delete: 'DELETE FROM users WHERE id = 1',
    'key change': 'UPDATE users SET id = 101 WHERE id = 1',
    'update of the document': `UPDATE users SET preferences = preferences || '{"theme": "dark"}' WHERE id = 1`,
    'update of another column': `UPDATE users SET email = 'x' WHERE id = 1`,
    insert: `INSERT INTO users VALUES (101, 'x', '{"theme": "dark"}')`,
  };
  describe.each(['REPEATABLE READ', 'SERIALIZABLE'])('%s', (level) => {
    it.each(Object.entries(writes))('%s while the rows are being copied', async (_name, write) => {
      let written = false;
      await race(
        {
          migration,
          before,
          phase: 'expand',
          at: async ({ role, when, text }) => {
            if (written || role !== 'worker' || when !== 'after' || text !== 'COMMIT') return;
            written = true;
            await late.do(write);
            await late.do('COMMIT');
          },
        },
        async (r) => {
          late = await r.session(`BEGIN ISOLATION LEVEL ${level}; SELECT count(*) FROM users`);
          await r.m.to('backfill');
          expect(written).toBe(true);
        },
      );
    });
    let late: Awaited<ReturnType<Race['session']>>;

    it.each(['with', 'without'])(
      'an update of a row that a drain wrote after the snapshot does not fail, %s a foreign key',
      (how) =>
        race({ migration: `test/support/migrations/${how}-foreign-key.yaml`, before, phase: 'backfill' }, async (r) => {
          await r.db.run(`UPDATE users SET preferences = '{"theme": "captured"}' WHERE id = 1`);
          const late = await r.session(`BEGIN ISOLATION LEVEL ${level}; SELECT count(*) FROM users`);
          const applied = r.m.to('dual-write');
          await untilWaitingFor(r, late, applied);
          expect(await r.row('SELECT theme FROM user_preferences WHERE user_id = 1')).toEqual({ theme: 'captured' });
          await late.do(`UPDATE users SET preferences = '{"theme": "late"}' WHERE id = 1`);
          await late.do('COMMIT');
          await applied;
          expect(await r.row('SELECT theme FROM user_preferences WHERE user_id = 1')).toEqual({ theme: 'late' });
        }),
    );

    // Without an index: CREATE INDEX CONCURRENTLY waits for every older snapshot, so that none would be left.
    it.each(
      Object.entries(writes).flatMap(([name, write]) => ['with', 'without'].map((how) => [name, how, write] as const)),
    )('%s while the modes change, %s a foreign key', async (_name, how, write) => {
      await race(
        { migration: `test/support/migrations/${how}-foreign-key.yaml`, before, phase: 'expand' },
        async (r) => {
          const late = await r.session(`BEGIN ISOLATION LEVEL ${level}; SELECT count(*) FROM users`);
          const applied = r.m.to('dual-write');
          await untilWaitingFor(r, late, applied);
          const outcome = await late.do(write).then(() => late.do('COMMIT').then(() => 'committed'), sqlState);
          await late.do('ROLLBACK');
          await applied;
          // The foreign key has to delete or move a copy that the snapshot does not show: an error to retry, never an orphan.
          const cascades = how === 'with' && (write.startsWith('DELETE') || write.includes('SET id'));
          expect(outcome).toBe(cascades ? '40001' : 'committed');
        },
      );
    });
  });
});

const runOf = async (r: Race) => {
  const run = await r.m.run();
  if (!run) throw new Error('It has not begun.');
  return run;
};

describe('chunks and drains', () => {
  const slowly = `INSERT INTO users SELECT i, repeat('x', 500), '{"theme": "light"}' FROM generate_series(100, 4000) AS i`;

  /** Runs something once, while the first chunk that has read its rows is still open. */
  const whileAChunkIsOpen = (
    meanwhile: (r: Race) => Promise<void>,
    afterwards: (r: Race) => Promise<void> = () => Promise.resolve(),
  ) => {
    let done = false;
    return race(
      {
        migration,
        before,
        phase: 'expand',
        at: async ({ role, when, text }, r) => {
          if (done || role !== 'worker' || when !== 'before' || text !== 'COMMIT') return;
          done = true;
          await meanwhile(r);
        },
      },
      async (r) => {
        await r.m.to('backfill');
        expect(done).toBe(true);
        await afterwards(r);
      },
    );
  };
  const drain = `SELECT lockkeeper."user-preferences_0_drain"(500)`;
  const copies = `SELECT count(*)::int AS n FROM user_preferences WHERE user_id = 1`;

  it('a row deleted while a chunk that read it is open stays deleted', () =>
    whileAChunkIsOpen(
      (r) => r.db.run('DELETE FROM users WHERE id = 1'),
      async (r) => expect(await r.row(copies)).toEqual({ n: 0 }),
    ));

  it('no drain of another process gets a turn while a chunk is open', () =>
    whileAChunkIsOpen(async (r) => {
      await r.db.run('DELETE FROM users WHERE id = 1');
      const { plan, id, token, migration } = await runOf(r);
      const [mapping] = plan.mappings;
      const session = await r.db.connect('drain');
      const context = { run: { id, token, migration }, journal: new Journal('lockkeeper') };
      try {
        if (mapping) expect(await drainOnce(context as RunContext, session, mapping)).toBeNull();
      } finally {
        await session.close();
      }
      expect(await r.row('SELECT count(*)::int AS n FROM lockkeeper.dirty')).toEqual({ n: 1 });
    }));

  it('no chunk begins while another process drains', async () => {
    let asked = 0;
    await race(
      {
        migration,
        before,
        phase: 'expand',
        at: async ({ role, when, text }, r) => {
          if (role !== 'worker' || when !== 'after' || !text.includes('try_advisory_xact_lock_shared') || ++asked !== 3)
            return;
          expect(await r.row('SELECT count(*)::int AS n FROM user_preferences')).toEqual({ n: 0 });
          await draining.do('COMMIT');
        },
      },
      async (r) => {
        draining = await r.session(
          `BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('lockkeeper turn user-preferences/users.preferences', 0))`,
        );
        await r.m.to('backfill');
        expect(asked).toBeGreaterThan(2);
      },
    );
  });
  let draining: Awaited<ReturnType<Race['session']>>;

  it('and without that exclusion the deleted row would come back', async () => {
    const outOfTurn = whileAChunkIsOpen(async (r) => {
      await r.db.run('DELETE FROM users WHERE id = 1');
      await r.db.run(drain);
    });
    await expect(outOfTurn).rejects.toThrow(/validate-.*_fkey failed/);
  });

  it('a row updated while a chunk that read it is open has its new value', () =>
    whileAChunkIsOpen(
      (r) =>
        r.db.run(
          `UPDATE users SET preferences = '{"theme": "dark"}' WHERE id = 1; UPDATE users SET id = 109 WHERE id = 9`,
        ),
      async (r) => {
        await r.m.to('dual-write');
        expect(await both(r, 1)).toMatchObject({ theme: 'dark' });
        expect(await both(r, 109)).toMatchObject({ theme: 'light' });
      },
    ));

  it('VACUUM FULL in the middle of a sweep begins it again', async () => {
    let rewritten: Promise<unknown> | null = null;
    /** Since then, chunks were recorded as pages of the file that is gone. */
    let astray = 0;
    const rewrite = async (r: Race) => {
      const other = await r.session();
      await other.do('DELETE FROM users WHERE id BETWEEN 100 AND 400');
      await other.do('VACUUM FULL users');
      await other.do('CREATE TABLE rewritten AS SELECT count(*) AS chunks FROM lockkeeper.chunk');
    };
    await race(
      {
        migration,
        before: `${before}; ${slowly}`,
        phase: 'expand',
        at: async ({ role, when, text }, r) => {
          if (role !== 'worker') return;
          if (when === 'after' && text === 'COMMIT') {
            if (!rewritten) rewritten = rewrite(r);
            else if (await r.row(`SELECT WHERE to_regclass('rewritten') IS NOT NULL`))
              astray += (
                await r.db.rows(
                  `SELECT FROM rewritten WHERE chunks < (SELECT count(*) FROM lockkeeper.chunk WHERE file_node <> pg_relation_filenode('users'))`,
                )
              ).length;
          }
          // No other chunk begins meanwhile: what is left to visit lies on other pages afterwards.
          if (rewritten && text.includes('try_advisory_xact_lock_shared')) await rewritten;
        },
      },
      async (r) => {
        await r.m.to('backfill');
        expect(rewritten).not.toBeNull();
        expect(astray).toBe(0);
        expect(await r.row('SELECT count(*)::int AS n FROM user_preferences')).toEqual(
          await r.row('SELECT count(*)::int AS n FROM users'),
        );
        expect(
          await r.row(`SELECT FROM lockkeeper.chunk WHERE file_node <> pg_relation_filenode('users')`),
        ).toBeUndefined();
      },
    );
  });

  it('an executor whose token was replaced commits nothing more', async () => {
    let chunks = 0;
    await race(
      {
        migration,
        before: `${before}; ${slowly}`,
        phase: 'expand',
        at: async ({ role, when, text }, r) => {
          if (role !== 'worker' || when !== 'before' || text !== 'COMMIT' || ++chunks !== 1) return;
          const other = await r.session();
          // While a chunk is open its claim is held: who takes over has to wait for it.
          const claim = await other.startAndWait(
            `UPDATE lockkeeper.run SET token = token + 1 WHERE migration = 'user-preferences'`,
          );
          claimed = claim.end;
          chunksThen = claim.end.then(() => r.row('SELECT count(*)::int AS n FROM lockkeeper.chunk'));
          if (!claim.waits) await chunksThen;
        },
      },
      async (r) => {
        await expect(r.m.to('backfill')).rejects.toMatchObject({ code: 'EXECUTOR_REPLACED' });
        expect(await claimed).toHaveProperty('rows');
        expect(await r.row('SELECT count(*)::int AS n FROM lockkeeper.chunk')).toEqual(await chunksThen);
      },
    );
    expect(chunks).toBeGreaterThan(0);
  });
  let claimed: unknown;
  let chunksThen: Promise<unknown>;

  it('a drain that has locked a row makes a writer wait, and its value arrives', () =>
    inPhase('expand', async (r) => {
      await r.m.to('backfill');
      const [a, b] = [await r.session(), await r.session()];
      await a.do(`UPDATE users SET preferences = '{"theme": "grey"}' WHERE id = 1`);
      await a.do(`BEGIN; ${drain}`);
      const write = await b.startAndWait(`UPDATE users SET preferences = '{"theme": "dark"}' WHERE id = 1`);
      await a.do('COMMIT');
      expect(await write.end).toHaveProperty('rows');
      await r.m.to('dual-write');
      expect(await both(r, 1)).toMatchObject({ theme: 'dark' });
    }));

  it('a drain never waits for a row that the application holds', () =>
    inPhase('backfill', async (r) => {
      const a = await r.session();
      await a.do(`UPDATE users SET preferences = '{"theme": "grey"}' WHERE id = 1`);
      await a.do(`BEGIN; UPDATE users SET email = 'x' WHERE id = 1`);
      const b = await r.session(`SET lock_timeout = '50ms'`);
      expect(await b.do(drain)).toHaveLength(1);
      expect(await r.row('SELECT count(*)::int AS n FROM lockkeeper.dirty')).toEqual({ n: 1 });
      await a.do('COMMIT');
    }));
});

describe('writes from both sides', () => {
  it('of two new tables of one user at once: the document takes both', () =>
    inPhase('dual-write', async (r) => {
      const [a, b] = [await r.session(), await r.session()];
      await a.do(`BEGIN; UPDATE user_preferences SET theme = 'dark' WHERE user_id = 1`);
      const write = await b.startAndWait(`UPDATE notification_preferences SET digest = 'never' WHERE user_id = 1`);
      await a.do('COMMIT');
      expect(await write.end).toHaveProperty('rows');
      expect(await preferences(r, 1)).toEqual({
        theme: 'dark',
        language: 'de',
        items_per_page: 10,
        notifications: { email: true, digest: 'never' },
        beta: true,
      });
    }));

  it('of one row in opposite order: one is told of the deadlock, and nothing is lost', () =>
    inPhase('dual-write', async (r) => {
      const [a, b] = [await r.session(), await r.session()];
      await a.do(`BEGIN; SELECT FROM user_preferences WHERE user_id = 1 FOR UPDATE`);
      const old = await b.startAndWait(
        `UPDATE users SET preferences = preferences || '{"language": "fr"}' WHERE id = 1`,
      );
      const mine = await a
        .do(`UPDATE user_preferences SET theme = 'dark' WHERE user_id = 1`)
        .then(() => 'done', sqlState);
      await a.do('COMMIT');
      const theirs = await old.end;
      expect([mine, 'error' in theirs ? theirs.error : 'done'].sort()).toEqual(['40P01', 'done']);
    }));

  it('of one row when both take the source row first: nobody fails', () =>
    inPhase('dual-write', async (r) => {
      const [a, b] = [await r.session(), await r.session()];
      await a.do(`BEGIN; SELECT FROM users WHERE id = 1 FOR NO KEY UPDATE`);
      const old = await b.startAndWait(
        `UPDATE users SET preferences = preferences || '{"language": "fr"}' WHERE id = 1`,
      );
      await a.do(`UPDATE user_preferences SET theme = 'dark' WHERE user_id = 1`);
      await a.do('COMMIT');
      expect(await old.end).toHaveProperty('rows');
      expect(await both(r, 1)).toMatchObject({ theme: 'dark', language: 'fr' });
    }));

  it.each([
    [
      'INSERT INTO user_preferences (user_id, theme) VALUES (50, $t$green$t$)',
      `INSERT INTO notification_preferences (user_id, digest) VALUES (50, 'never')`,
    ],
    [
      `INSERT INTO notification_preferences (user_id, digest) VALUES (50, 'never')`,
      'INSERT INTO user_preferences (user_id, theme) VALUES (50, $t$green$t$)',
    ],
  ])('plain INSERTs of new code, before and after the source row is updated: %s', (first, second) =>
    inPhase('dual-write', async (r) => {
      const a = await r.session();
      const row = { theme: 'green', language: null, items: null, other: null, email: true, digest: 'never' };
      await a.do(
        `BEGIN; INSERT INTO users (id, email) VALUES (50, 'a'); ${first}; UPDATE users SET email = 'b' WHERE id = 50; ${second}; COMMIT`,
      );
      expect(await both(r, 50)).toEqual(row);
      const moved = (text: string) => text.replaceAll('50', '51');
      await a.do(
        `BEGIN; INSERT INTO users (id, email) VALUES (51, 'a'); UPDATE users SET email = 'b' WHERE id = 51; ${moved(first)}; ${moved(second)}; UPDATE users SET email = 'c' WHERE id = 51; COMMIT`,
      );
      expect(await both(r, 51)).toEqual(row);
      expect(await preferences(r, 51)).toMatchObject({ theme: 'green', notifications: { digest: 'never' } });
    }),
  );

  it('old code writes the document of a row that new code inserted in the same transaction', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run(
        `BEGIN; INSERT INTO users (id, email) VALUES (50, 'a'); UPDATE users SET preferences = '{"language": "fr", "beta": 1}' WHERE id = 50; INSERT INTO user_preferences (user_id, theme) VALUES (50, 'green'); INSERT INTO notification_preferences (user_id) VALUES (50); COMMIT`,
      );
      expect(await preferences(r, 50)).toMatchObject({ theme: 'green' });
    }));

  it('DELETE and INSERT of a target row in one transaction', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run(
        `BEGIN; DELETE FROM user_preferences WHERE user_id = 1; INSERT INTO user_preferences (user_id, theme) VALUES (1, 'green'); COMMIT`,
      );
      expect(await both(r, 1)).toMatchObject({ theme: 'green', language: null, items: null, other: null });
      expect(await preferences(r, 1)).toEqual({ theme: 'green', notifications: { email: true, digest: 'daily' } });
    }));

  it('DELETE of a target row alone: its keys go, the row comes back with its defaults', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run(
        `DELETE FROM user_preferences WHERE user_id = 1; DELETE FROM notification_preferences WHERE user_id = 9; UPDATE users SET email = 'x' WHERE id = 1`,
      );
      expect(await both(r, 1)).toEqual({
        theme: 'system',
        language: null,
        items: null,
        other: null,
        email: true,
        digest: 'daily',
      });
      expect(await preferences(r, 1)).toEqual({ notifications: { email: true, digest: 'daily' } });
    }));

  it('savepoints and rollbacks on either side', () =>
    inPhase('dual-write', async (r) => {
      const a = await r.session();
      await a.do(`BEGIN; UPDATE users SET preferences = preferences || '{"theme": "a"}' WHERE id = 1; SAVEPOINT s;
        UPDATE user_preferences SET theme = 'b', language = 'b' WHERE user_id = 1; INSERT INTO users VALUES (50, 'x', '{"theme": "b"}'); ROLLBACK TO s;
        UPDATE user_preferences SET language = 'c' WHERE user_id = 1; COMMIT`);
      expect(await preferences(r, 1)).toMatchObject({ theme: 'a', language: 'c' });
      expect(await both(r, 1)).toMatchObject({ theme: 'a', language: 'c' });
      await a.do(
        `BEGIN; DELETE FROM users WHERE id = 1; INSERT INTO users (id) VALUES (1); UPDATE user_preferences SET theme = 'z' WHERE user_id = 9; ROLLBACK`,
      );
      expect(await both(r, 1)).toMatchObject({ theme: 'a', language: 'c' });
      expect(await preferences(r, 9)).toEqual({ theme: 'light' });
    }));

  it('DELETE and INSERT of the source row in one statement or transaction, and upserts', () =>
    inPhase('dual-write', async (r) => {
      await r.db
        .run(`BEGIN; DELETE FROM users WHERE id = 1; INSERT INTO users VALUES (1, 'again', '{"theme": "dark"}'); COMMIT;
        WITH gone AS (DELETE FROM users WHERE id = 9 RETURNING email) INSERT INTO users SELECT 90, email, '{"theme": "nine"}' FROM gone;
        INSERT INTO users VALUES (4, 'up', '{"theme": "four"}') ON CONFLICT (id) DO UPDATE SET preferences = EXCLUDED.preferences;
        MERGE INTO users u USING (VALUES (2, 'merge'), (60, 'merge')) AS v (id, email) ON u.id = v.id
          WHEN MATCHED THEN UPDATE SET preferences = '{"theme": "m"}' WHEN NOT MATCHED THEN INSERT (id, email) VALUES (v.id, v.email)`);
      expect(await both(r, 1)).toEqual({
        theme: 'dark',
        language: null,
        items: null,
        other: null,
        email: true,
        digest: null,
      });
      expect(await both(r, 90)).toMatchObject({ theme: 'nine' });
    }));

  it('values and places that the document cannot hold stay on the new side, and originals on the old', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run(`
        UPDATE user_preferences SET theme = 'new' WHERE user_id IN (2, 3, 4, 5, 6, 7, 8);
        UPDATE notification_preferences SET digest = 'never' WHERE user_id IN (3, 4, 5, 6, 7, 8)`);
      expect(await preferences(r, 2)).toEqual({ theme: 'new', items_per_page: 'many' }); // kept, and no null for absent keys
      expect(await preferences(r, 3)).toEqual({ theme: 'new', notifications: { digest: 'never' } });
      expect(await preferences(r, 5)).toEqual([1, 2]);
      expect(await preferences(r, 6)).toBe('scalar');
      expect(await preferences(r, 8)).toEqual({ theme: 'new', notifications: 'none' });
      expect(await both(r, 5)).toMatchObject({ theme: 'new', digest: 'never' });
      await r.db.run(
        `UPDATE users SET preferences = '{"theme": "back"}' WHERE id IN (5, 6); UPDATE users SET preferences = '[]' WHERE id = 9; UPDATE users SET preferences = '{"notifications": [1]}' WHERE id = 1`,
      );
      expect(await both(r, 5)).toMatchObject({ theme: 'back' });
      expect(await preferences(r, 9)).toEqual([]);
    }));

  it('values that break a check, a type or NOT NULL on the new side never fail the old writer', () =>
    inPhase('dual-write', async (r) => {
      await r.db
        .run(`INSERT INTO users VALUES (50, 'x', '{"items_per_page": 99999999999, "notifications": {"email": null, "digest": "hourly"}}');
        UPDATE users SET preferences = '{"items_per_page": {}, "notifications": {"email": "perhaps", "digest": 7}}' WHERE id = 1`);
      expect(await both(r, 50)).toMatchObject({ items: null, email: true, digest: null });
      expect(await both(r, 1)).toMatchObject({ items: null, email: true, digest: null });
      const open = await r.row(
        `SELECT count(*)::int AS n FROM lockkeeper.quarantine WHERE key IN ('[50]', '[1]') AND state = 'open'`,
      );
      expect(open).toEqual({ n: 5 });
    }));
});

describe('keys', () => {
  it('a deferrable key is refused', () =>
    expect(
      race({ migration, before: before.replace('PRIMARY KEY', 'PRIMARY KEY DEFERRABLE'), phase: 'expand' }, () =>
        Promise.resolve(),
      ),
    ).rejects.toMatchObject({ code: 'KEY_DEFERRABLE' }));

  it('a key change keeps columns that only the new row has', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run(
        `ALTER TABLE user_preferences ADD density text; UPDATE user_preferences SET density = 'high' WHERE user_id = 1; UPDATE users SET id = 101 WHERE id = 1; UPDATE users SET id = id + 1000`,
      );
      expect(await r.row('SELECT density FROM user_preferences WHERE user_id = 1101')).toEqual({ density: 'high' });
      expect(await r.row('SELECT count(*)::int AS n FROM user_preferences')).toEqual({ n: 9 });
    }));

  it.each(['with', 'without'])(
    'a key change of a row whose copy is behind keeps the document, %s a foreign key',
    async (how) => {
      let moved = false;
      await race(
        {
          migration: `test/support/migrations/${how}-foreign-key.yaml`,
          before,
          phase: 'backfill',
          at: async ({ role, when, text }, r) => {
            if (moved || role !== 'executor' || when !== 'before' || !/CREATE OR REPLACE .*_forward/.test(text)) return;
            moved = true;
            await r.db.run(`UPDATE users SET preferences = '{"theme": "dark"}' WHERE id = 1`);
            await r.db.run('UPDATE users SET id = 101 WHERE id = 1');
          },
        },
        async (r) => {
          await r.m.to('dual-write');
          expect(moved).toBe(true);
          expect(await preferences(r, 101)).toEqual({ theme: 'dark' });
          expect(await r.row('SELECT theme FROM user_preferences WHERE user_id = 101')).toEqual({ theme: 'dark' });
        },
      );
    },
  );

  it.each(['with', 'without'])(
    'a key change while the document is being brought up to date again, %s a foreign key',
    async (how) => {
      let moved = false;
      await race(
        {
          migration: `test/support/migrations/${how}-foreign-key.yaml`,
          before,
          phase: 'contract',
          at: async ({ role, when, text }, r) => {
            if (moved || role !== 'worker' || when !== 'before' || !text.includes('FOR NO KEY UPDATE')) return;
            moved = true;
            await r.db.run(
              'UPDATE users SET id = 101 WHERE id = 1; UPDATE users SET id = id - 1 WHERE id BETWEEN 2 AND 20',
            );
          },
        },
        async (r) => {
          await r.db.run(`UPDATE user_preferences SET theme = 'dark' || user_id WHERE user_id IN (1, 3, 4)`);
          await r.m.back('dual-write');
          expect(moved).toBe(true);
          expect(await preferences(r, 101)).toMatchObject({ theme: 'dark1', language: 'de' });
          expect([await preferences(r, 2), await preferences(r, 3)]).toEqual([{ theme: 'dark3' }, { theme: 'dark4' }]);
          expect(
            await r.db.rows('SELECT theme FROM user_preferences WHERE user_id IN (101, 2, 3) ORDER BY user_id'),
          ).toEqual([{ theme: 'dark3' }, { theme: 'dark4' }, { theme: 'dark1' }]);
        },
      );
    },
  );

  it('new code that writes what the older document says, while its row is brought up to date, is not overwritten', async () => {
    let back: Promise<unknown> | null = null;
    let asked = 0;
    await race(
      {
        migration,
        before,
        phase: 'contract',
        at: async ({ role, when, text }, r) => {
          if (role !== 'worker' || when !== 'after' || !text.startsWith('WITH held') || ++asked > 1) return;
          // The new tables have been read, and what they said is not committed.
          const writer = await r.session();
          back = (await writer.startAndWait(`UPDATE user_preferences SET theme = 'light' WHERE user_id = 1`)).end;
        },
      },
      async (r) => {
        await r.db.run(`UPDATE user_preferences SET theme = 'dark' WHERE user_id = 1`);
        await r.m.back('dual-write');
        await back;
        expect(asked).toBeGreaterThan(0);
        expect(await preferences(r, 1)).toMatchObject({ theme: 'light' });
        expect(await both(r, 1)).toMatchObject({ theme: 'light' });
      },
    );
  });

  it('a row that moves to another page while documents are brought up to date is not missed', async () => {
    let moved = false;
    await race(
      {
        migration,
        before: `${before}; INSERT INTO users SELECT i, 'x', '{"theme": "light"}' FROM generate_series(100, 1500) AS i`,
        phase: 'contract',
        at: async ({ role, when, text }, r) => {
          if (moved || role !== 'worker' || when !== 'before' || !text.includes('FOR NO KEY UPDATE')) return;
          moved = true;
          await r.db.run(`UPDATE users SET email = repeat('x', 1500) WHERE id <= 9`);
        },
      },
      async (r) => {
        await r.db.run(`UPDATE user_preferences SET theme = 'dark' WHERE user_id <= 9`);
        await r.m.back('dual-write');
        expect(moved).toBe(true);
        expect(await r.row(`SELECT count(*)::int AS n FROM users WHERE preferences ->> 'theme' = 'dark'`)).toEqual({
          n: 7,
        });
      },
    );
  });

  it('deletes and key changes pass in every phase', () =>
    inPhase('expand', async (r) => {
      for (const phase of ['expand', 'backfill', 'dual-write', 'switch'] as const) {
        await r.m.to(phase);
        await r.db.run(
          `INSERT INTO users VALUES (1000, '${phase}', '{"theme": "k"}'), (1001, '${phase}', '{"theme": "d"}'); UPDATE users SET id = id + 1 WHERE id = 1001; UPDATE users SET id = 1001 WHERE id = 1000; DELETE FROM users WHERE id = 1002`,
        );
        if (phase === 'dual-write') expect(await both(r, 1001)).toMatchObject({ theme: 'k' });
        await r.db.run('DELETE FROM users WHERE id = 1001');
      }
    }));
});

describe('sessions with settings of their own', () => {
  it('replica-role writers are not missed', () =>
    inPhase('dual-write', async (r) => {
      const replica = await r.session('SET session_replication_role = replica');
      await replica.do(
        `UPDATE users SET preferences = '{"theme": "r"}' WHERE id = 1; INSERT INTO users VALUES (50, 'r', '{"theme": "r"}'); DELETE FROM users WHERE id = 9; UPDATE user_preferences SET theme = 's' WHERE user_id = 4`,
      );
      expect(await both(r, 1)).toMatchObject({ theme: 'r' });
      expect(await preferences(r, 4)).toEqual({ theme: 's' });
      expect(await r.row('SELECT count(*)::int AS n FROM user_preferences WHERE user_id = 9')).toEqual({ n: 0 });
    }));

  it('a search_path and temporary tables of the client change nothing', () =>
    inPhase('dual-write', async (r) => {
      const client =
        await r.session(`CREATE SCHEMA other; CREATE TABLE other.users (id bigint, preferences jsonb); CREATE TEMP TABLE user_preferences (LIKE public.user_preferences);
        CREATE TEMP TABLE users (id bigint); CREATE FUNCTION other.jsonb_typeof(jsonb) RETURNS text LANGUAGE sql AS $$SELECT 'x'$$; SET search_path = other, pg_temp, pg_catalog`);
      await client.do(
        `UPDATE public.users SET preferences = '{"theme": "t"}' WHERE id = 1; UPDATE public.user_preferences SET theme = 's' WHERE user_id = 4`,
      );
      expect(await both(r, 1)).toMatchObject({ theme: 't' });
      expect(await preferences(r, 4)).toEqual({ theme: 's' });
    }));

  it('a role that may only write the tables needs no right on what we keep', () =>
    inPhase('dual-write', async (r) => {
      const role = `app_${r.db.session.pid}`;
      await r.db.run(
        `CREATE ROLE ${role}; GRANT SELECT, INSERT, UPDATE, DELETE ON users, user_preferences, notification_preferences TO ${role}`,
      );
      try {
        const client = await r.session(`SET ROLE ${role}`);
        await client.do(
          `UPDATE users SET preferences = '{"theme": "t", "items_per_page": "x"}' WHERE id = 1; UPDATE user_preferences SET theme = 's' WHERE user_id = 4; DELETE FROM users WHERE id = 9; INSERT INTO users (id) VALUES (50)`,
        );
        expect(await both(r, 1)).toMatchObject({ theme: 't' });
      } finally {
        await r.db.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      }
    }));

  it('a second executor is refused at once, and waits for nothing', async () => {
    let refused: unknown;
    let asked = false;
    await race(
      {
        migration,
        before,
        phase: null,
        at: async ({ role, when, text }, r) => {
          if (asked || role !== 'worker' || when !== 'after' || text !== 'COMMIT') return;
          asked = true;
          refused = await r.m.apply('expand').catch((error: unknown) => error);
        },
      },
      (r) => r.m.to('backfill'),
    );
    expect(refused).toMatchObject({ code: 'EXECUTOR_BUSY' });
  });
});

describe('TRUNCATE', () => {
  it('of the source before there are foreign keys', () =>
    inPhase('expand', async (r) => {
      await r.db.run(`TRUNCATE users; INSERT INTO users VALUES (1, 'x', '{"theme": "t"}')`);
      await r.m.to('dual-write');
      expect(await r.row('SELECT count(*)::int AS n FROM user_preferences')).toEqual({ n: 1 });
    }));

  it('of the source while a chunk has copied it', async () => {
    let done = false;
    await race(
      {
        migration,
        before,
        phase: 'expand',
        at: async ({ role, when, text }, r) => {
          if (done || role !== 'worker' || when !== 'after' || text !== 'COMMIT') return;
          done = true;
          await r.db.run('TRUNCATE users');
        },
      },
      async (r) => {
        await r.m.to('backfill');
        expect(await r.row('SELECT count(*)::int AS n FROM user_preferences')).toEqual({ n: 0 });
      },
    );
  });

  it('of the source with CASCADE afterwards', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run('TRUNCATE users CASCADE');
      expect(await r.row('SELECT count(*)::int AS n FROM user_preferences')).toEqual({ n: 0 });
    }));

  it('of a target: its keys go from every document, its rows come back with their defaults', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run('TRUNCATE user_preferences');
      expect(await preferences(r, 1)).toEqual({ notifications: { email: true, digest: 'daily' } });
      expect(await both(r, 1)).toMatchObject({ theme: 'system', digest: 'daily' });
    }));

  it('without foreign keys the sync of a TRUNCATE waits for no reader of the new tables', async () => {
    await race(
      { migration: 'test/support/migrations/without-foreign-key.yaml', before, phase: 'dual-write' },
      async (r) => {
        const reader = await r.session('BEGIN; SELECT * FROM user_preferences');
        const writer = await r.session(`SET lock_timeout = '1ms'`);
        await writer.do('TRUNCATE users');
        await reader.do('COMMIT');
        expect(await r.row('SELECT count(*)::int AS n FROM user_preferences')).toEqual({ n: 0 });
      },
    );
  });
});
