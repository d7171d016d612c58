import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findServerPrograms } from './embedded-programs.ts';
import { unprivilegedAccount, type Account } from './unprivileged-account.ts';

const execute = promisify(execFile);

/** A folder with one server's data, its log and the superuser's password. */
export interface Cluster {
  readonly dir: string;
  readonly data: string;
  readonly log: string;
  readonly passwordFile: string;
  readonly account: Account;
  readonly programs: string;
  /** What to remove: never anything that was in the folder before. */
  readonly ours: readonly string[];
}

/** Makes the folder ready for the account the server will run as. */
export async function prepareCluster(given?: string, installed = findServerPrograms()): Promise<Cluster> {
  const account = await unprivilegedAccount();
  const dir = given === undefined ? await mkdtemp(join(tmpdir(), 'lockkeeper-postgres-')) : resolve(given);
  await mkdir(dir, { recursive: true });
  if (account.uid !== undefined && account.gid !== undefined) {
    await chmod(dir, 0o755);
    await chown(dir, account.uid, account.gid);
  }
  const [data, log, passwordFile, copied] = ['data', 'server.log', 'password', 'programs'].map((name) =>
    join(dir, name),
  ) as [string, string, string, string];
  const ours = given === undefined ? [dir] : [data, log, passwordFile, copied];
  const cluster = { dir, data, log, passwordFile, account, programs: installed, ours };
  const reachable = await run(cluster, 'initdb', ['--version']).then(
    () => true,
    () => false,
  );
  if (reachable) return cluster;
  await cp(installed, copied, { recursive: true, verbatimSymlinks: true }); // they lie below /root, say
  return { ...cluster, programs: copied };
}

/** Runs initdb unless the folder already holds a cluster; answers with the superuser's password. */
export async function initialise(cluster: Cluster): Promise<string> {
  const { data, passwordFile, account } = cluster;
  if (existsSync(join(data, 'PG_VERSION'))) return (await readFile(passwordFile, 'utf8')).trim();
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) await chown(passwordFile, account.uid, account.gid);
  await run(cluster, 'initdb', [
    ...['-D', data, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    ...['--locale=C', '--encoding=UTF8', '--no-sync', '--no-instructions'],
  ]);
  return password;
}

/** Starts the server and waits until it accepts connections; every flag is one word for the shell. */
export async function startServer(cluster: Cluster, port: number, flags: readonly string[]): Promise<void> {
  await rm(cluster.log, { force: true });
  const local = ['-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
  const words = [...local, ...flags].map((flag) => `"${flag}"`).join(' ');
  await run(cluster, 'pg_ctl', ['start', '-D', cluster.data, '-l', cluster.log, '-w', '-t', '60', '-o', words]);
}

/** Stops the server if it runs. `immediate` leaves the data needing recovery: for data about to be removed. */
export async function stopServer(cluster: Cluster, mode: 'fast' | 'immediate'): Promise<void> {
  if (isRunning(cluster)) await run(cluster, 'pg_ctl', stopArguments(cluster, mode));
}

/** The same for a process about to exit, which cannot wait for promises. */
export function stopServerNow(cluster: Cluster, mode: 'fast' | 'immediate'): void {
  if (isRunning(cluster)) spawnSync(programOf(cluster, 'pg_ctl'), stopArguments(cluster, mode), optionsOf(cluster));
}

/** Removes everything that was made, at once. */
export function removeCluster({ ours }: Cluster): void {
  for (const path of ours) rmSync(path, { recursive: true, force: true });
}

/** The last lines that the server wrote; empty when it never began. */
export const logTail = async ({ log }: Cluster): Promise<string> =>
  (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-15).join('\n');

const isRunning = ({ data }: Cluster) => existsSync(join(data, 'postmaster.pid'));

const stopArguments = ({ data }: Cluster, mode: string) => ['stop', '-D', data, '-m', mode, '-w'];

const programOf = ({ programs }: Cluster, name: string) => join(programs, 'bin', name);

/** The folder we are in may be closed to the other account. */
const optionsOf = ({ dir, account }: Cluster) => ({ cwd: dir, ...account });

const run = (cluster: Cluster, program: 'initdb' | 'pg_ctl', args: readonly string[]) =>
  execute(programOf(cluster, program), args, optionsOf(cluster));
