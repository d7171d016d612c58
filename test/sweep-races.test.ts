import { expect, it } from 'vitest';
import type { Connect } from '../src/database/database.ts';
import { withDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { stepped } from './support/stepped.ts';

// A sweep is over when every page was visited, whatever its workers did.

const users = `CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb);
  INSERT INTO users SELECT i, repeat('x', 500), '{"theme": "light"}' FROM generate_series(1, 4000) AS i`;

/** Something that is waited for until somebody lets it happen. */
function door() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

/** Two workers learn, each with a chunk at hand, that one of them is too many, and leave before either is seen to have left. */
function twoLeaving(connect: Connect, tune: () => Promise<void>): Connect {
  let chunks = 0;
  let leaving = 0;
  const [tuned, followed, left] = [door(), door(), door()];
  let isTuned = false;
  const meddled = stepped(connect, async ({ role, when, text }) => {
    if (when !== 'before') return;
    if (role === 'drain' && text.includes('replay_lag') && chunks === 2) {
      await tuned.opened;
      if (isTuned) followed.open();
      isTuned = true; // whoever asks again has read the new settings
    }
    if (role !== 'worker' || !text.includes('try_advisory_xact_lock_shared') || chunks === 2) return;
    if (++chunks === 2) {
      await tune();
      tuned.open();
    }
    await followed.opened;
  });
  return async (role, migration) => {
    const session = await meddled(role, migration);
    if (role !== 'worker') return session;
    return {
      ...session,
      close: async () => {
        if (++leaving === 2) left.open();
        await left.opened;
        await session.close();
      },
    };
  };
}

it.each(['forward', 'back'])('workers that leave at the same time leave no page behind: %s', (direction) =>
  withDatabase(users, async (db) => {
    const migration = 'test/support/migrations/with-foreign-key.yaml';
    const m = migrate(db.connect, migration);
    const meddled = migrate(
      twoLeaving(db.connect, () => db.run(`UPDATE lockkeeper.run SET settings = '{"workers": 1}'`)),
      migration,
    );
    if (direction === 'forward') await meddled.to('dual-write');
    else {
      await m.to('contract');
      await db.run(`UPDATE user_preferences SET theme = 'dark'`);
      await m.approveAll();
      await meddled.back('dual-write');
    }
    expect(await m.verify()).toMatchObject({ ok: true });
    const theme = direction === 'forward' ? 'light' : 'dark';
    expect(await db.rows(`SELECT count(*)::int AS n FROM users WHERE preferences ->> 'theme' = '${theme}'`)).toEqual([
      { n: 4000 },
    ]);
  }),
);
