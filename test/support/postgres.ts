import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/database/embedded.ts';

const settings = [
  'fsync=off',
  'wal_level=logical',
  'shared_preload_libraries=pg_stat_statements',
  'max_connections=200',
  'max_prepared_transactions=20',
];

/** Builds dist once, for the tests that start the command, and one real server for the whole run. */
export default async function setup(project: TestProject) {
  await build();
  return await serve(project);
}

/** One real server for the whole run of a project. */
export async function serve(project: TestProject) {
  const dir = await makeFolder();
  const server = await startEmbedded({ dir, flags: settings.flatMap((setting) => ['-c', setting]) });
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    await rm(dir, { recursive: true });
  };
}

/** In memory where there is plenty of it: each test's database is a thousand small files. */
async function makeFolder(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => null);
  const plenty = memory !== null && memory.bavail * memory.bsize > 4 * 1024 ** 3;
  return await mkdtemp(join(plenty ? '/dev/shm' : tmpdir(), 'lockkeeper-tests-'));
}

/** Types are checked elsewhere: here a half-written file must not stop the tests of the others. */
async function build() {
  try {
    await promisify(execFile)('npx', ['tsc', '-p', 'tsconfig.json', '--noCheck', '--declaration', 'false']);
  } catch (error) {
    throw new Error(`The build failed.\n${(error as { stdout?: string }).stdout ?? ''}`, { cause: error });
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the superuser, in the database `postgres`. */
    postgresUrl: string;
  }
}
