import { expect, it } from 'vitest';
import { acceptQuarantine, retryQuarantine } from '../src/app/quarantine.ts';
import { setReads } from '../src/app/reads.ts';
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
