import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { connectTo } from '../src/database/connect.ts';
import { parseTarget } from '../src/database/target.ts';
import { unprivilegedAccount } from '../src/database/unprivileged-account.ts';
import { setReads } from '../src/app/reads.ts';
import { createReadSwitch } from '../src/client/client.ts';
import { runCli } from './support/cli.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { freePort } from './support/server.ts';

const migration = 'examples/extract-json/migration.yaml';
const before = `CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb); INSERT INTO users VALUES (1, 'one', '{"theme": "light"}')`;

const isInstalled = (() => {
  try {
    return execFileSync('pgbouncer', ['--version'], { encoding: 'utf8' }).startsWith('PgBouncer');
  } catch {
    return false;
  }
})();

/** A real PgBouncer between the test and its database; works on the url that leads through it. */
async function throughBouncer(
  db: TestDatabase,
  mode: 'transaction' | 'session' | 'statement',
  work: (url: string) => Promise<void>,
) {
  const dir = await mkdtemp(join(tmpdir(), 'lockkeeper-pooler-'));
  const account = await unprivilegedAccount(); // it refuses to run as root
  const [server, port] = [new URL(db.url), await freePort()];
  const settings = join(dir, 'pgbouncer.ini');
  try {
    await writeFile(
      settings,
      `[databases]
* = host=${server.hostname} port=${server.port} user=${server.username} password=${server.password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = 20
ignore_startup_parameters = extra_float_digits,options
`,
    );
    await chmod(dir, 0o755);
    if (account.uid !== undefined && account.gid !== undefined) await chown(settings, account.uid, account.gid);
    const bouncer = spawn('pgbouncer', [settings], { ...account, cwd: dir, stdio: 'ignore' });
    const ended = once(bouncer, 'exit');
    const url = `postgres://postgres:any@127.0.0.1:${port}${server.pathname}?sslmode=disable`;
    try {
      await untilItAnswers(url);
      await work(url);
    } finally {
      bouncer.kill('SIGTERM');
      await ended;
    }
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function untilItAnswers(url: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

// Debian: apt-get install pgbouncer
describe.skipIf(!isInstalled && process.env['CI'] === undefined)('behind PgBouncer', () => {
  it.each(['transaction', 'statement'] as const)('%s pooling: apply is refused, and has left nothing behind', (mode) =>
    withDatabase(before, (db) =>
      throughBouncer(db, mode, async (url) => {
        const connect = connectTo(parseTarget(url));
        await expect(migrate(connect, migration).apply('expand')).rejects.toMatchObject({ code: 'TRANSACTION_POOLER' });
        const { code, stderr } = await runCli(['apply', migration, '--yes', '--database-url', url], {
          cwd: process.cwd(),
        });
        expect(stderr).toContain('pools by session');
        expect(code).toBe(3);
        expect(await db.rows(`SELECT FROM pg_namespace WHERE nspname = 'lockkeeper'`)).toEqual([]);
      }),
    ),
  );

  it('session pooling: it applies', () =>
    withDatabase(before, (db) =>
      throughBouncer(db, 'session', async (url) => {
        await migrate(connectTo(parseTarget(url)), migration).to('dual-write');
        expect(await db.rows('SELECT theme FROM user_preferences')).toEqual([{ theme: 'light' }]);
      }),
    ));

  it('transaction pooling: the read switch follows by asking', () =>
    withDatabase(before, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('switch');
      await throughBouncer(db, 'transaction', async (url) => {
        const pool = new pg.Pool({ connectionString: url, max: 3 });
        const reads = createReadSwitch(
          { query: (text, values) => pool.query(text, values), refreshMs: 50 },
          'user-preferences',
        );
        try {
          await reads.ready();
          await setReads(m.deps, { migration, percent: 100 });
          while (reads.reads('1') === 'old') await new Promise((resolve) => setTimeout(resolve, 20));
          await setReads(m.deps, { migration, percent: 0 });
          while (reads.reads('1') === 'new') await new Promise((resolve) => setTimeout(resolve, 20));
        } finally {
          await reads.close();
          await pool.end();
        }
      });
    }));
});
