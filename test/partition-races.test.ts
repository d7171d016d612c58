import { describe, expect, it } from 'vitest';
import { race, type Race, type Setting } from './support/race.ts';

// A partitioned source: rows that move between its leaves, leaves that are emptied, that come and that go.

const users = `
  CREATE TABLE users (id bigint, region text, email text, preferences jsonb, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
  CREATE TABLE users_eu PARTITION OF users FOR VALUES IN ('eu');
  CREATE TABLE users_us PARTITION OF users FOR VALUES IN ('us');
  CREATE TABLE users_asia (LIKE users INCLUDING ALL);
  INSERT INTO users_asia VALUES (30, 'asia', 'x', '{"theme": "asia"}');
  INSERT INTO users VALUES (1, 'eu', 'one', '{"theme": "light", "language": "de"}'), (2, 'eu', 'two', '{}'), (3, 'us', 'three', NULL), (4, 'us', 'four', '{"theme": "us"}')`;
const attach = `ALTER TABLE users ATTACH PARTITION users_asia FOR VALUES IN ('asia')`;

describe.each(['with', 'without'])('%s a foreign key', (how) => {
  const migration = `test/support/migrations/${how}-foreign-key.yaml`;
  const inPhase = (phase: Setting['phase'], work: (r: Race) => Promise<void>, at?: Setting['at']) =>
    race({ migration, before: users, phase, ...(at ? { at } : {}) }, work);
  const copies = ({ db }: Race) => db.rows('SELECT id::int, region, theme FROM user_preferences ORDER BY id, region');

  it('a row that moves to another leaf in any phase has its copy there', () =>
    inPhase('expand', async (r) => {
      let here = 'eu';
      for (const phase of ['expand', 'backfill', 'dual-write', 'switch'] as const) {
        await r.m.to(phase);
        here = here === 'eu' ? 'us' : 'eu';
        await r.db.run(`UPDATE users SET region = '${here}' WHERE id = 1; UPDATE users SET email = 'x' WHERE id = 1`);
      }
      expect(await copies(r)).toContainEqual({ id: 1, region: here, theme: 'light' });
    }));

  it('a row that moves to another leaf keeps what only the new shape has', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run(`
        ALTER TABLE user_preferences ADD density text; UPDATE user_preferences SET density = 'high' WHERE id = 1;
        UPDATE users SET region = 'us' WHERE id = 1`);
      expect(await r.row('SELECT region, theme, density FROM user_preferences WHERE id = 1')).toEqual({
        region: 'us',
        theme: 'light',
        density: 'high',
      });
    }));

  it('a row moves to another leaf while a chunk that read it is open', async () => {
    let moved = false;
    await inPhase(
      'expand',
      async (r) => {
        await r.m.to('backfill');
        expect(moved).toBe(true);
        await r.m.to('dual-write');
        expect(await copies(r)).toEqual([
          { id: 1, region: 'us', theme: 'light' },
          { id: 2, region: 'eu', theme: 'system' },
          { id: 3, region: 'us', theme: 'system' },
          { id: 4, region: 'eu', theme: 'us' },
        ]);
      },
      async ({ role, when, text }, r) => {
        if (moved || role !== 'worker' || when !== 'before' || text !== 'COMMIT') return;
        moved = true;
        await r.db.run(`UPDATE users SET region = CASE region WHEN 'eu' THEN 'us' ELSE 'eu' END WHERE id IN (1, 4)`);
      },
    );
  });

  it('a leaf is emptied while the others are written: only its rows go, and the documents of the others stay', () =>
    inPhase('dual-write', async (r) => {
      await r.db.run(`TRUNCATE users_us ${how === 'with' ? 'CASCADE' : ''}; UPDATE users SET email = 'x' WHERE id = 1`);
      expect(await copies(r)).toEqual([
        { id: 1, region: 'eu', theme: 'light' },
        { id: 2, region: 'eu', theme: 'system' },
      ]);
      expect(await r.row('SELECT preferences FROM users WHERE id = 1')).toEqual({
        preferences: { theme: 'light', language: 'de' },
      });
    }));

  it('a leaf is emptied after it was copied', () => {
    let chunks = 0;
    return inPhase(
      'expand',
      async (r) => {
        await r.m.to('backfill');
        expect(chunks).toBe(2);
        await r.m.to('dual-write');
        expect((await copies(r)).map((row) => (row as { id: number }).id)).toEqual([1, 2]);
      },
      async ({ role, when, text }, r) => {
        if (role === 'worker' && when === 'after' && text === 'COMMIT' && ++chunks === 2)
          await r.db.run('TRUNCATE users_us');
      },
    );
  });

  it.each(['expand', 'backfill'] as const)('a leaf that comes in %s is copied, or parity names it', (phase) =>
    inPhase(phase, async (r) => {
      await r.db.run(attach);
      const came = r.m.to('dual-write');
      if (phase === 'expand') await came;
      else {
        await expect(came).rejects.toThrow(/1 missing/);
        await r.m.repair();
        await r.m.to('dual-write');
      }
      expect(await copies(r)).toContainEqual({ id: 30, region: 'asia', theme: 'asia' });
    }),
  );
});

it('a leaf that goes leaves rows behind, and parity names them', () =>
  race(
    { migration: 'test/support/migrations/without-foreign-key.yaml', before: users, phase: 'backfill' },
    async (r) => {
      await r.db.run('ALTER TABLE users DETACH PARTITION users_us');
      await expect(r.m.to('dual-write')).rejects.toThrow(/2 extra/);
      await r.m.repair();
    },
  ));
