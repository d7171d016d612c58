import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { createReadSwitch, expectPhase, type Query } from '../src/client/client.ts';
import { bucketOf } from '../src/client/bucket.ts';
import { withDatabase } from './support/database.ts';

const stub = `
  CREATE SCHEMA lockkeeper;
  CREATE TABLE lockkeeper.reads_stub (name text PRIMARY KEY, percent int, phase text);
  CREATE FUNCTION lockkeeper.read_switch(migration text) RETURNS TABLE (percent int, phase text)
  LANGUAGE sql STABLE AS 'SELECT s.percent, s.phase FROM lockkeeper.reads_stub s WHERE s.name = migration';
  INSERT INTO lockkeeper.reads_stub VALUES ('prefs', 0, 'dual-write')`;

const bucketFunction = `
  CREATE FUNCTION lockkeeper.read_bucket(name text, key text) RETURNS int
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
    DECLARE
      bytes bytea := convert_to(name || ':' || key, 'UTF8');
      hash bigint := 2166136261;
    BEGIN
      FOR i IN 0 .. length(bytes) - 1 LOOP
        hash := ((hash # get_byte(bytes, i)) * 16777619) & 4294967295;
      END LOOP;
      RETURN (hash % 10000)::int;
    END
  $$`;

/** A database with a stub of what the journal provides, and a client of its own. */
const withStub = (work: (url: string, client: pg.Client) => Promise<void>) =>
  withDatabase('', async ({ url }) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(stub);
      await work(url, client);
    } finally {
      await client.end();
    }
  });

const set = (client: pg.Client, percent: number, phase: string) =>
  client.query('UPDATE lockkeeper.reads_stub SET percent = $1, phase = $2', [percent, phase]);

/** A clock that moves when it is told to. */
function handClock() {
  let now = 0;
  let timers: { at: number; work: () => void }[] = [];
  return {
    now: () => now,
    after: (ms: number, work: () => void) => {
      const timer = { at: now + ms, work };
      timers.push(timer);
      return () => void (timers = timers.filter((other) => other !== timer));
    },
    advance: (ms: number) => {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      due.forEach(({ work }) => work());
    },
    pending: () => timers.length,
  };
}

const until = (condition: () => boolean) => expect.poll(condition, { interval: 5, timeout: 10_000 }).toBe(true);

const drivers: Record<string, (url: string) => { query: Query; end: () => Promise<unknown> }> = {
  pg: (url) => {
    const pool = new pg.Pool({ connectionString: url });
    return { query: (text, values) => pool.query(text, values), end: () => pool.end() };
  },
  'postgres.js': (url) => {
    const sql = postgres(url, { max: 1 });
    return { query: (text, values) => sql.unsafe(text, values as string[]), end: () => sql.end() };
  },
  'drizzle-orm': (url) => {
    const db = drizzle(url);
    return { query: (text, values) => db.$client.query(text, values), end: () => db.$client.end() };
  },
};

it.each(Object.entries(drivers))('follows the switch through %s', (_, driver) =>
  withStub(async (url, client) => {
    const { query, end } = driver(url);
    const clock = handClock();
    const reads = createReadSwitch({ query, clock }, 'prefs');
    const unknown = createReadSwitch({ query, clock }, 'no-such-migration');
    await Promise.all([reads.ready(), unknown.ready()]);
    expect([reads.reads('7'), unknown.reads('7')]).toEqual(['old', 'old']);

    await set(client, 100, 'switch');
    await until(() => clock.pending() === 2);
    clock.advance(1000);
    await until(() => reads.reads('7') === 'new');
    expect(unknown.reads('7')).toBe('old');
    await Promise.all([reads.close(), unknown.close()]);
    await end();
  }),
);

it('hears of a change at once through NOTIFY, and no more after it is closed', () =>
  withStub(async (url, client) => {
    const sql = postgres(url, { max: 1 });
    const reads = createReadSwitch(
      {
        query: (text, values) => sql.unsafe(text, values as string[]),
        listen: async (channel, notify) => {
          const subscription = await sql.listen(channel, notify);
          return () => subscription.unlisten();
        },
        clock: handClock(),
      },
      'prefs',
    );
    await reads.ready();
    expect(reads.reads()).toBe('old');
    await set(client, 100, 'switch');
    await client.query('NOTIFY lockkeeper_reads');
    await until(() => reads.reads() === 'new');
    await reads.close();
    await sql.end();
  }));

it('keeps to the last answer while the database is away, and to new for ever after contract', () =>
  withStub(async (url, client) => {
    const clock = handClock();
    let away = true;
    let asked = 0;
    const query: Query = async (text, values) => {
      asked += 1;
      if (away) throw new Error('connect ECONNREFUSED');
      return client.query(text, values);
    };
    const reads = createReadSwitch({ query, clock }, 'prefs');
    const next = async () => {
      const before = asked;
      await until(() => clock.pending() === 1);
      clock.advance(1000);
      await until(() => asked > before);
    };
    await reads.ready();
    expect(reads.reads('7')).toBe('old');

    await set(client, 100, 'switch');
    away = false;
    await next();
    await until(() => reads.reads('7') === 'new');
    away = true;
    await next();
    expect(reads.reads('7')).toBe('new');

    await set(client, 0, 'contract');
    away = false;
    await next();
    await set(client, 0, 'dual-write');
    await until(() => asked === 4);
    expect([reads.reads('7'), reads.reads(), clock.pending()]).toEqual(['new', 'new', 0]);
    await reads.close();
  }));

it('spreads keys as the SQL function does', () =>
  withStub(async (_, client) => {
    await client.query(bucketFunction);
    const keys = ['', '1', '42', 'Zoë', '漢字', '👩‍🚀', "o'brien", 'x'.repeat(300)];
    const { rows } = await client.query<{ bucket: number }>(
      'SELECT lockkeeper.read_bucket($1, key) AS bucket FROM unnest($2::text[]) WITH ORDINALITY AS k(key, n) ORDER BY n',
      ['prefs', keys],
    );
    expect(rows.map(({ bucket }) => bucket)).toEqual(keys.map((key) => bucketOf('prefs', key)));
  }));

it('switches the share of the keys that was asked for, and only adds to it', () =>
  withStub(async (_, client) => {
    const keys = Array.from({ length: 10_000 }, (_, i) => String(i));
    const atPercent = async (percent: number) => {
      await set(client, percent, 'switch');
      const reads = createReadSwitch({ query: (text, values) => client.query(text, values) }, 'prefs');
      await reads.ready();
      await reads.close();
      expect(reads.reads()).toBe(percent === 100 ? 'new' : 'old');
      return keys.filter((key) => reads.reads(key) === 'new');
    };
    const ten = await atPercent(10);
    const half = await atPercent(50);
    expect(ten.length / 10_000).toBeCloseTo(0.1, 1);
    expect(half.length / 10_000).toBeCloseTo(0.5, 1);
    expect(ten.filter((key) => !half.includes(key))).toEqual([]);
    expect(await atPercent(100)).toEqual(keys);
  }));

it('compares both reads, and is not disturbed by the one it does not serve', () =>
  withStub(async (_, client) => {
    const reads = createReadSwitch({ query: (text, values) => client.query(text, values) }, 'prefs');
    await reads.ready();
    const seen: unknown[] = [];
    const onDifference = (disagreement: unknown) => void seen.push(disagreement);
    const document = (digest: string) => () => Promise.resolve({ theme: 'dark', notifications: { digest } });

    expect(await reads.compare('7', document('daily'), document('daily'), { onDifference })).toEqual(
      await document('daily')(),
    );
    expect(seen).toEqual([]);

    await reads.compare('7', document('daily'), document('never'), { onDifference });
    expect(seen.pop()).toEqual({
      name: 'prefs',
      key: '7',
      served: 'old',
      differences: [{ path: 'notifications.digest', old: 'daily', new: 'never' }],
    });

    const broken = () => Promise.reject(new Error('relation does not exist'));
    await reads.compare('7', document('daily'), broken, { onDifference });
    expect(seen.pop()).toMatchObject({ served: 'old', error: { message: 'relation does not exist' } });
    await expect(reads.compare('7', broken, document('daily'), { onDifference })).rejects.toThrow('does not exist');

    const angry = () => {
      throw new Error('the listener failed');
    };
    await expect(
      reads.compare('7', document('daily'), document('never'), { onDifference: angry }),
    ).resolves.toBeDefined();
    await reads.close();
  }));

it('lets a version start only when the migration is far enough', () =>
  withStub(async (_, client) => {
    const query: Query = (text, values) => client.query(text, values);
    const clock = handClock();
    await expectPhase({ query }, 'prefs', 'backfill');
    await expectPhase({ query }, 'prefs', 'dual-write');
    await expect(expectPhase({ query }, 'prefs', 'switch')).rejects.toThrow(
      'The migration "prefs" has not reached switch: it is at dual-write. Run `lockkeeper apply prefs --to switch` first.',
    );
    await expect(expectPhase({ query }, 'other', 'expand')).rejects.toThrow('it has not begun');
    await expect(expectPhase({ query, journal: 'no"where' }, 'prefs', 'expand')).rejects.toThrow('Could not ask');

    const waiting = expectPhase({ query, clock }, 'prefs', 'switch', { waitMs: 60_000 });
    await until(() => clock.pending() === 1);
    await set(client, 100, 'switch');
    clock.advance(500);
    await waiting;
  }));
