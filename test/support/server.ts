import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initialise, prepareCluster, startServer, stopServer, type Cluster } from '../../src/database/cluster.ts';
import { connectTo } from '../../src/database/connect.ts';
import type { Connect } from '../../src/database/database.ts';
import { parseTarget } from '../../src/database/target.ts';

/** A server of one test's own, which it may crash. */
export interface OwnServer {
  readonly cluster: Cluster;
  readonly port: number;
  readonly password: string;
  /** Of the superuser. */
  readonly url: (database?: string, parameters?: string) => string;
  readonly connect: Connect;
  readonly start: () => Promise<void>;
  /** Every process of it ends at once; what was not flushed is lost. */
  readonly crash: () => Promise<void>;
}

export interface ServerOptions {
  readonly settings: readonly string[];
  /** Puts files beside the data before the first start. */
  readonly prepare?: (cluster: Cluster) => Promise<void>;
  /** Another server's data, with its password, in place of an empty one. */
  readonly password?: string;
}

export async function withServer<T>(
  { settings, prepare, password: given }: ServerOptions,
  work: (server: OwnServer) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'lockkeeper-server-'));
  const cluster = await prepareCluster(dir);
  try {
    const password = given ?? (await initialise(cluster));
    await prepare?.(cluster);
    const port = await freePort();
    const url = (database = 'postgres', parameters = 'sslmode=disable') =>
      `postgres://postgres:${password}@127.0.0.1:${port}/${database}?${parameters}`;
    const start = () =>
      startServer(
        cluster,
        port,
        ['max_connections=60', ...settings].flatMap((setting) => ['-c', setting]),
      );
    await start();
    return await work({
      cluster,
      port,
      password,
      url,
      connect: connectTo(parseTarget(url())),
      start,
      crash: () => stopServer(cluster, 'immediate'),
    });
  } finally {
    await stopServer(cluster, 'immediate').catch(() => undefined);
    await rm(dir, { recursive: true, force: true });
  }
}

/** What a running server's data folder holds, as a base backup copies it. */
export const copyData = (from: string, to: string): Promise<void> =>
  cp(from, to, { recursive: true, preserveTimestamps: true, filter: (path) => !/postmaster\.(pid|opts)$/.test(path) });

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
