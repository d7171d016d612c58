import { expect, it } from 'vitest';
import { sql } from '../src/sql/sql.ts';
import { untilTrue } from './support/client.ts';
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
