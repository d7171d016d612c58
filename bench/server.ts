import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { connectTo } from '../src/database/connect.ts';
import { startEmbedded } from '../src/database/embedded.ts';
import { applicationRole, seed } from '../src/demo/seed.ts';
import { say } from './options.ts';

/** Autovacuum would start in the middle of one contender and not of the other; each table is vacuumed before it is measured. */
const settings = [
  'shared_buffers=1GB',
  'max_wal_size=8GB',
  'checkpoint_timeout=30min',
  'autovacuum=off',
  'shared_preload_libraries=pg_stat_statements',
];

/** A server of our own with the demo's table of users, fsync on. */
export async function startBench(rows: number) {
  const server = await startEmbedded({ flags: settings.flatMap((setting) => ['-c', setting]) });
  const connect = connectTo(server.target);
  const password = randomBytes(16).toString('hex');
  say(`PostgreSQL ${server.version}; seeding ${rows.toLocaleString('en-US')} users …`);
  const session = await connect('executor');
  await seed(session, rows, password);
  await session.close();
  const client = await openClient(server.url);
  return {
    version: server.version,
    url: server.url,
    /** For a client that owns nothing, as an application is. */
    applicationUrl: Object.assign(new URL(server.url), { username: applicationRole, password }).href,
    connect,
    /** A superuser's, with the setting that our own workers use, so that no contender waits for the disk alone. */
    client,
    run: async (text: string): Promise<void> => {
      await client.query(text);
    },
    stop: async () => {
      await client.end();
      await server.stop();
    },
  };
}

export type Bench = Awaited<ReturnType<typeof startBench>>;

export async function openClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench' });
  await client.connect();
  await client.query('SET synchronous_commit = off');
  return client;
}

/** How long the work takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
