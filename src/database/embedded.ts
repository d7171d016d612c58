import { createServer, type AddressInfo } from 'node:net';
import process from 'node:process';
import { sql } from '../sql/sql.ts';
import {
  initialise,
  logTail,
  prepareCluster,
  removeCluster,
  startServer,
  stopServer,
  stopServerNow,
  type Cluster,
} from './cluster.ts';
import { connectTo } from './connect.ts';
import { embeddedPostgresFailed } from './errors.ts';
import { parseTarget, type Target } from './target.ts';

export interface EmbeddedOptions {
  /** For the postgres program, such as `['-c', 'fsync=off']`; no quotes. */
  readonly flags: readonly string[];
  /** Default: one that the operating system says is free. */
  readonly port?: number;
  /** Keep the data after stop(), and use it again when `dir` names the same folder. */
  readonly persistent?: boolean;
  /** Default: a new temporary folder. */
  readonly dir?: string;
  /** The folder of another server's `bin`, `lib` and `share`. Default: the one that is installed with this package. */
  readonly programs?: string;
}

export interface EmbeddedServer {
  readonly target: Target;
  /** A connection string for the superuser, password included. */
  readonly url: string;
  readonly dir: string;
  /** `18.4` */
  readonly version: string;
  /** Stops the server and, unless it is persistent, removes its data. May be called again. */
  readonly stop: () => Promise<void>;
}

/** Starts a real PostgreSQL server that only this machine can reach. It ends with this process, unless a signal kills that. */
export async function startEmbedded({
  flags,
  port,
  persistent = false,
  dir,
  programs,
}: EmbeddedOptions): Promise<EmbeddedServer> {
  const cluster = await prepareCluster(dir, programs);
  const mode = persistent ? 'fast' : 'immediate';
  const remove = () => persistent || removeCluster(cluster);
  const atExit = () => {
    stopServerNow(cluster, mode);
    remove();
  };
  const stop = async () => {
    process.off('exit', atExit);
    await stopServer(cluster, mode);
    remove();
  };
  process.once('exit', atExit);
  try {
    const password = await initialise(cluster);
    const url = urlOf(password, await startOnFreePort(cluster, flags, port));
    const target = parseTarget(url);
    return { target, url, dir: cluster.dir, version: await versionOf(target), stop };
  } catch (error) {
    const log = await logTail(cluster);
    await stop();
    throw embeddedPostgresFailed(log, error);
  }
}

const urlOf = (password: string, port: number) =>
  `postgres://postgres:${password}@127.0.0.1:${port}/postgres?sslmode=disable`;

/** Between the question and the server's start another program may take the port, so it asks again. */
async function startOnFreePort(
  cluster: Cluster,
  flags: readonly string[],
  wanted: number | undefined,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort());
    try {
      await startServer(cluster, port, flags);
      return port;
    } catch (error) {
      const taken = (await logTail(cluster)).includes('could not bind');
      if (!taken || wanted !== undefined || attempt === 5) throw error;
    }
  }
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

async function versionOf(target: Target): Promise<string> {
  const session = await connectTo(target)('read');
  try {
    const [server] = await session.query<{ version: string }>(sql`SELECT current_setting('server_version') AS version`);
    return server?.version ?? '';
  } finally {
    await session.close();
  }
}
