import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/database/embedded.ts';

const settings = [
  'fsync=off',
  'wal_level=logical',
  'shared_preload_libraries=pg_stat_statements',
  'max_connections=300',
  'max_prepared_transactions=20',
  'pg_stat_statements.max=50000', // all tests at once write more statements than it keeps by default
];

/** Builds dist once, for the tests that start the command, and one real server for all tests of a project. */
export default async function setup(project: TestProject) {
  if (majorOf(project) === null) await build();
  return await serve(project);
}

/** `postgres 14` asks for 14; without a number it is the newest. */
const majorOf = (project: TestProject) => /\d+$/.exec(project.name)?.[0] ?? null;

/** One real server for the whole run of a project. */
export async function serve(project: TestProject) {
  const major = majorOf(project);
  const dir = await makeFolder();
  const flags = settings.flatMap((setting) => ['-c', setting]);
  const server = await startEmbedded({ dir, flags, ...(major === null ? {} : { programs: programsOf(major) }) });
  project.provide('postgresUrl', server.url);
  project.provide('serverMajor', Number.parseInt(server.version));
  return async () => {
    await server.stop();
    await rm(dir, { recursive: true });
  };
}

/** The server of an older major, from the package that npm knows by this alias. */
const programsOf = (major: string) => {
  const manifest = createRequire(import.meta.url).resolve(`postgres-${major}`);
  return join(dirname(manifest), '..', 'native');
};

/** In memory where there is plenty of it: each test's database is a thousand small files. */
async function makeFolder(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => null);
  const plenty = memory !== null && memory.bavail * memory.bsize > 4 * 1024 ** 3;
  return await mkdtemp(join(plenty ? '/dev/shm' : tmpdir(), 'lockkeeper-tests-'));
}

/** Types are checked elsewhere: here a half-written file must not stop the tests of the others. */
async function build() {
  try {
    await promisify(execFile)('npx', ['jiti', 'scripts/bundle.ts']);
  } catch (error) {
    throw new Error(`The build failed.\n${(error as { stdout?: string }).stdout ?? ''}`, { cause: error });
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the superuser, in the database `postgres`. */
    postgresUrl: string;
    /** 18, or what the project's name ends in: `postgres 14`. */
    serverMajor: number;
  }
}
