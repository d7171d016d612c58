import { expect, it } from 'vitest';
import { systemClock, type Clock } from '../src/clock.ts';
import { sql } from '../src/sql/sql.ts';
import { openClient, untilTrue } from './support/client.ts';
import { withDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { written } from './support/migration-file.ts';
import { stepped } from './support/stepped.ts';

// Two migrations that touch one table are never open together.

const before = `CREATE TABLE users (id bigint PRIMARY KEY, email text, country text)`;
const renaming = (from: string, to: string) =>
  written(`${from}-to-${to}`, `rename_column: { table: users, from: ${from}, to: ${to} }`);

it('of two that look at the same time whether the table is free, one begins', () =>
  withDatabase(before, async (db) => {
    const [first, second] = [await renaming('email', 'mail'), await renaming('country', 'nation')];
    await migrate(db.connect, first).install();
    let other: Promise<unknown> | null = null;
    let over = false;
    const slow = stepped(db.connect, async ({ role, when, text, session }) => {
      if (other || role !== 'executor' || when !== 'before' || !text.includes('SET token = token + 1')) return;
      const end = () => void (over = true);
      other = migrate(db.connect, second)
        .apply('expand')
        .catch((error: unknown) => error);
      void other.then(end);
      const awake = setInterval(() => void session.query(sql`SELECT 1`), 500);
      // It has begun, or asks again and again for its turn.
      await untilTrue(
        db.url,
        `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'lockkeeper country%executor' AND query = 'COMMIT')`,
        () => over,
      ).finally(() => clearInterval(awake));
    });
    expect(await migrate(slow, first).apply('expand')).toMatchObject({ outcome: 'reached' });
    await expect(other).resolves.toMatchObject({ code: 'OVERLAP' });
  }));

it('one that is frozen while it begins keeps the other from beginning for seconds only', () =>
  withDatabase(before, async (db) => {
    const [first, second] = [await renaming('email', 'mail'), await renaming('country', 'nation')];
    await migrate(db.connect, first).install();
    let other: Promise<unknown> | null = null;
    const frozen = stepped(db.connect, async ({ role, when, text }) => {
      if (other || role !== 'executor' || when !== 'before' || !text.includes('SET token = token + 1')) return;
      other = migrate(db.connect, second).apply('expand');
      await other;
    });
    await expect(migrate(frozen, first).apply('expand')).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    await expect(other).resolves.toMatchObject({ outcome: 'reached' });
  }));

it('one that does not get its turn in half a minute says so', () =>
  withDatabase(before, async (db) => {
    const file = await renaming('email', 'mail');
    await migrate(db.connect, file).install();
    const other = await openClient(db.url, `BEGIN`);
    await other.do(`SELECT pg_advisory_xact_lock(hashtextextended('lockkeeper begin lockkeeper', 0))`);
    let slept = 0;
    const enough = new AbortController();
    const clock: Clock = {
      now: () => systemClock.now() + slept,
      sleep: (ms, signal) => {
        slept += 1000 * ms;
        if (slept > 120_000) enough.abort();
        return systemClock.sleep(1, signal);
      },
    };
    await expect(migrate(db.connect, file, { clock, signal: enough.signal }).apply('expand')).rejects.toMatchObject({
      code: 'EXECUTOR_BUSY',
      message: expect.stringContaining('cannot begin') as unknown,
    });
    await other.close();
    expect(await migrate(db.connect, file).apply('expand')).toMatchObject({ outcome: 'reached' });
  }));

it('one that is done is not taken back under another that has begun', () =>
  withDatabase(before, async (db) => {
    const [first, second] = [
      migrate(db.connect, await renaming('email', 'mail')),
      migrate(db.connect, await renaming('country', 'nation')),
    ];
    await first.to('contract');
    await second.to('backfill');
    await first.approveAll();
    await expect(first.rollback('switch')).rejects.toMatchObject({ code: 'OVERLAP' });
    expect(await first.run()).toMatchObject({ phase: 'contract', state: 'done' });
    await second.back();
    expect(await first.rollback('switch')).toMatchObject({ outcome: 'reached' });
  }));
