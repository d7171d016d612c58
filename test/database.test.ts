import { rmdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, inject, it } from 'vitest';
import { connectTo } from '../src/database/connect.ts';
import { startEmbedded } from '../src/database/embedded.ts';
import { checkTarget } from '../src/database/preflight.ts';
import { parseTarget } from '../src/database/target.ts';
import { LockkeeperError } from '../src/errors.ts';
import { sql } from '../src/sql/sql.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { shapeOf } from './support/shape.ts';

const users = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
  INSERT INTO users VALUES (1, 'ada@example.org');`;

const countUsers = async ({ rows }: TestDatabase) =>
  (await rows<{ n: number }>('SELECT count(*) AS n FROM users'))[0]?.n;

/** What a person or a log could see of an error. */
function shown(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error instanceof LockkeeperError ? [error.hint, error.fix, error.details] : [];
  return [
    error.stack,
    error.message,
    JSON.stringify(error),
    JSON.stringify(own),
    error.cause ? shown(error.cause) : '',
  ].join('\n');
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('It did not fail.'),
    (error: unknown) => error,
  );

describe('a session', () => {
  it('says who it is and sets what its statements rely on, whatever the database has as default', () =>
    withDatabase('', async ({ connect, rows, run }) => {
      await run(`DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET statement_timeout = 12345', current_database());
        EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = %L', current_database(), 'serializable');
      END $$`);
      const migration = `${'very-'.repeat(20)}long`;
      const session = await connect('worker', migration);
      const [found] = await session.query<Record<string, unknown>>(sql`
        SELECT current_setting('application_name') AS name, current_setting('row_security') AS row_security,
               current_setting('lock_timeout') AS lock_timeout, current_setting('statement_timeout') AS statement_timeout,
               current_setting('idle_in_transaction_session_timeout') AS idle,
               current_setting('transaction_isolation') AS isolation, pg_backend_pid() AS pid`);
      expect(found).toEqual({
        name: `lockkeeper ${migration.slice(0, 63 - 'lockkeeper  worker'.length)} worker`,
        row_security: 'off',
        lock_timeout: '0',
        statement_timeout: '0',
        idle: '0',
        isolation: 'read committed',
        pid: session.pid,
      });
      await session.close();
      expect(await rows(`SELECT FROM pg_stat_activity WHERE pid = ${session.pid}`)).toHaveLength(0);
    }));

  it('gives counts as numbers and moments as ISO strings', () =>
    withDatabase('', async ({ rows }) => {
      const [row] = await rows(`
        SELECT count(*) AS n, 1.5::numeric AS half, ARRAY[1, NULL]::bigint[] AS many, NULL::bigint AS none,
               '2024-02-03 04:05:06.789+02'::timestamptz AS at, 'infinity'::timestamptz AS never, '2024-02-03'::date AS day`);
      expect(row).toEqual({
        n: 1,
        half: 1.5,
        many: [1, null],
        none: null,
        at: '2024-02-03T02:05:06.789Z',
        never: expect.anything() as unknown,
        day: '2024-02-03',
      });
    }));

  it('cannot write when its role is to read', () =>
    withDatabase(users, async (db) => {
      const reader = await db.connect('read');
      await expect(reader.execute(sql`DELETE FROM public.users`)).rejects.toMatchObject({ code: '25006' });
      await expect(reader.transaction(() => reader.execute(sql`DELETE FROM public.users`))).rejects.toMatchObject({
        code: '25006',
      });
      await reader.close();
      expect(await countUsers(db)).toBe(1);
    }));

  it('reports a connection that was cut, and the process goes on', () =>
    withDatabase('', async ({ connect, rows }) => {
      const session = await connect('worker');
      await rows(`SELECT pg_terminate_backend(${session.pid}, 10000)`);
      const error = await failureOf(session.query(sql`SELECT 1`).then(() => session.query(sql`SELECT 1`)));
      expect(error).toBeInstanceOf(Error);
      await expect(session.query(sql`SELECT 1`)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
      await session.close();
    }));

  it('reports it too when the server says why it cuts it', () =>
    withDatabase('', async ({ connect, rows }) => {
      const session = await connect('worker');
      const sleeping = failureOf(session.query(sql`SELECT pg_sleep(60)`));
      const isAsleep = `SELECT FROM pg_stat_activity WHERE pid = ${session.pid} AND wait_event = 'PgSleep'`;
      while ((await rows(isAsleep)).length === 0);
      await rows(`SELECT pg_terminate_backend(${session.pid}, 10000)`);
      expect(await sleeping).toMatchObject({ code: 'CONNECTION_FAILED' });
      await session.close();
    }));
});

describe('a transaction', () => {
  it('keeps everything or nothing', () =>
    withDatabase(users, async (db) => {
      const { session } = db;
      const insert = () => session.execute(sql`INSERT INTO users VALUES (2, 'b')`);
      const failing = session.transaction(async () => {
        await insert();
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      expect(await countUsers(db)).toBe(1);
      await session.transaction(insert);
      expect(await countUsers(db)).toBe(2);
    }));

  it('does not pass for committed when a failure inside it was swallowed', () =>
    withDatabase(users, async (db) => {
      const { session } = db;
      const work = session.transaction(async () => {
        await session.execute(sql`INSERT INTO users VALUES (2, 'b')`);
        await session.execute(sql`SELECT 1 / 0`).catch(() => undefined);
      });
      await expect(work).rejects.toThrow('rolled back');
      expect(await countUsers(db)).toBe(1);
    }));

  it('refuses to be nested', () =>
    withDatabase('', async ({ session }) => {
      const nested = session.transaction(() => session.transaction(() => Promise.resolve()));
      await expect(nested).rejects.toThrow('already open');
    }));

  it('passes on the first error when its connection is cut', () =>
    withDatabase('', async ({ connect, rows }) => {
      const session = await connect('worker');
      const work = session.transaction(async () => {
        await rows(`SELECT pg_terminate_backend(${session.pid}, 10000)`);
        throw new Error('the first');
      });
      await expect(work).rejects.toThrow('the first');
      await session.close();
    }));
});

it('cancels the statement that runs, and nothing when none does', () =>
  withDatabase(users, async ({ connect, session, rows }) => {
    const worker = await connect('worker');
    await worker.cancel();
    await session.transaction(async () => {
      await session.execute(sql`LOCK TABLE users`);
      const waiting = failureOf(worker.query(sql`SELECT count(*) FROM public.users`));
      const isWaiting = `SELECT FROM pg_stat_activity WHERE pid = ${worker.pid} AND wait_event_type = 'Lock'`;
      while ((await rows(isWaiting)).length === 0);
      await worker.cancel();
      expect(await waiting).toMatchObject({ code: '57014' });
    });
    expect(await worker.query(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
    await worker.close();
  }));

describe('errors', () => {
  it.each([
    ['a cast', `SELECT email::integer FROM users`, '22P02'],
    ['a unique key', `CREATE UNIQUE INDEX u ON users (email); INSERT INTO users SELECT 2, email FROM users`, '23505'],
    ['a check', `ALTER TABLE users ADD CONSTRAINT c CHECK (id > 1)`, '23514'],
    [
      'a function',
      `DO $$ BEGIN RAISE EXCEPTION 'taken: %', (SELECT email FROM users) USING HINT = 'ada@'; END $$`,
      'P0001',
    ],
    ['a cast inside a function', `DO $$ DECLARE n int; BEGIN SELECT email INTO n FROM users; END $$`, '22P02'],
  ])('of %s show no value', (_, statement, code) =>
    withDatabase(users, async ({ run }) => {
      const error = await failureOf(run(statement));
      expect(error).toMatchObject({ code });
      expect(shown(error)).not.toContain('ada@');
    }),
  );

  it('name the constraint', () =>
    withDatabase(users, async ({ run }) => {
      const error = await failureOf(run(`INSERT INTO users VALUES (1, 'b')`));
      expect(error).toMatchObject({ code: '23505', table: 'users', constraint: 'users_pkey' });
    }));
});

describe('a failure to connect', () => {
  const password = 'correct-horse-battery';

  it('shows neither the password nor the connection string when nothing listens', async () => {
    const url = `postgres://ada:${password}@127.0.0.1:${await closedPort()}/shop`;
    const error = await failureOf(connectTo(parseTarget(url))('read'));
    expect(error).toMatchObject({
      code: 'CONNECTION_FAILED',
      hint: expect.stringContaining('ECONNREFUSED') as unknown,
    });
    expect(shown(error)).not.toMatch(/correct-horse|postgres:\/\//);
  });

  it('shows no password when it is wrong or missing', async () => {
    const url = new URL(inject('postgresUrl'));
    for (const wrong of [password, '']) {
      url.password = wrong;
      const error = await failureOf(connectTo(parseTarget(url.href))('read'));
      expect(error).toMatchObject({ code: 'CONNECTION_FAILED', exitCode: 1 });
      expect(shown(error)).not.toMatch(/correct-horse|postgres:\/\//);
    }
  });

  it('goes on without TLS only where sslmode allows it', async () => {
    const url = new URL(inject('postgresUrl'));
    url.search = '?sslmode=require';
    await expect(connectTo(parseTarget(url.href))('read')).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    url.search = '';
    const session = await connectTo(parseTarget(url.href))('read');
    expect(await session.query(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
    await session.close();
  });
});

describe('an embedded server', () => {
  it('keeps its data and password when persistent, works through a Unix socket and passes the preflight', async () => {
    const first = await startEmbedded({ flags: ['-c', 'fsync=off'], persistent: true });
    const { dir } = first;
    const session = await connectTo(first.target)('executor');
    await session.execute(sql`CREATE TABLE public.kept ()`);
    await session.close();
    await first.stop();
    const second = await startEmbedded({ flags: ['-c', `unix_socket_directories=${dir}`], dir });
    const target = { ...second.target, host: dir };
    const again = await connectTo(target)('executor');
    expect(second.target.password).toBe(first.target.password);
    expect(await again.query(sql`SELECT to_regclass('public.kept') IS NOT NULL AS kept`)).toEqual([{ kept: true }]);
    await expect(checkTarget(again)).resolves.toBeUndefined();
    await again.close();
    await second.stop();
    await second.stop();
    await rmdir(dir); // which it would refuse if anything had been left
  });

  it('shows what the server wrote when it does not start', async () => {
    const error = await failureOf(startEmbedded({ flags: ['-c', 'work_mem=none'] }));
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', hint: expect.stringContaining('work_mem') as unknown });
  });
});

it('the picture of a schema notices every kind of change', () =>
  withDatabase('', async ({ session, run }) => {
    const changes = [
      `CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text COLLATE "C" DEFAULT 'x' NOT NULL)`,
      `COMMENT ON COLUMN t.a IS 'why'`,
      `ALTER TABLE t ALTER a SET STATISTICS 7`,
      `GRANT SELECT (a) ON t TO PUBLIC`,
      `GRANT SELECT ON t TO PUBLIC`,
      `ALTER TABLE t ADD CONSTRAINT c CHECK (a <> '') NOT VALID`,
      `ALTER TABLE t VALIDATE CONSTRAINT c`,
      `CREATE INDEX i ON t (lower(a))`,
      `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
      `CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()`,
      `ALTER TABLE t ENABLE ALWAYS TRIGGER g`,
      `ALTER TABLE t ENABLE ROW LEVEL SECURITY`,
      `CREATE POLICY p ON t USING (a = 'x')`,
      `ALTER TABLE t REPLICA IDENTITY FULL`,
      `CREATE VIEW v AS SELECT a FROM t`,
      `CREATE PUBLICATION b FOR TABLE t`,
      `CREATE SEQUENCE q OWNED BY t.a`,
      `CREATE TYPE mood AS ENUM ('sad')`,
      `ALTER TYPE mood ADD VALUE 'ok'`,
      `DROP PUBLICATION b`,
      `ALTER TABLE t SET UNLOGGED`,
      `CREATE SCHEMA other`,
    ];
    for (const change of changes) {
      const before = await shapeOf(session);
      await run(change);
      expect(await shapeOf(session), change).not.toEqual(before);
    }
    const here = await shapeOf(session);
    await run('CREATE SCHEMA lockkeeper; CREATE TABLE lockkeeper.journal (); ANALYZE t');
    expect(await shapeOf(session)).toEqual(here);
    expect((await shapeOf(session, ['other'])).join('\n')).not.toContain('public.t');
  }));

/** A port that was free a moment ago. */
const closedPort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
