import { mkdir, mkdtemp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../src/cli/program.ts';
import type { Terminal } from '../src/cli/terminal.ts';
import { publishedSchema } from '../src/report/published-schema.ts';
import { fakeTerminal } from './support/fake-terminal.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { example, migrate } from './support/example.ts';

/** A project with one migration and one specification, and the command line in it. */
async function project(db: TestDatabase, settings = '') {
  const cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-cli-'));
  for (const folder of ['migrations', 'docs/specs']) await mkdir(join(cwd, folder), { recursive: true });
  await writeFile(join(cwd, 'lockkeeper.yaml'), `spec:\n  workspace: files:docs\n${settings}`);
  const source = await readFile('examples/create-index/migration.yaml', 'utf8');
  await writeFile(join(cwd, 'migrations/orders-by-day.yaml'), source);
  await writeFile(join(cwd, 'docs/specs/orders.md'), '# Orders by day\n\n- **Target**: an index `orders_by_day`\n');
  const run = async (argv: readonly string[], change: Partial<Terminal> = {}) => {
    const terminal = fakeTerminal({ cwd, env: { DATABASE_URL: db.url }, ...change });
    await runProgram(argv, terminal, '0');
    return { out: terminal.printed.join('\n'), err: terminal.said.join('\n'), code: terminal.exits.at(-1) ?? 0 };
  };
  const pages = async () =>
    (await readdir(join(cwd, 'docs'), { recursive: true })).filter((n) => n.endsWith('.md')).sort();
  return { cwd, run, pages, migration: join(cwd, 'migrations/orders-by-day.yaml') };
}

const publish = ['spec', 'publish', 'orders-by-day', '--spec', 'docs/specs/orders.md'];
const withOrders = <T>(work: (db: TestDatabase) => Promise<T>) => withDatabase(example('create-index').before, work);

it('says what would change, then changes it, and the second time nothing', () =>
  withOrders(async (db) => {
    const { run, pages } = await project(db);
    const preview = await run([...publish, '--dry-run']);
    expect(preview.out).toMatch(/^orders-by-day, in files:docs\n {2}would create plans\/orders-by-day\.md\n/u);
    expect(preview.out).toContain('Nothing was changed.');
    expect(await pages()).toEqual(['specs/orders.md']);
    const first = publishedSchema.parse(JSON.parse((await run([...publish, '--json'])).out));
    expect(first.publications[0]?.changes.map(({ key, how }) => [key, how])).toEqual([
      ['orders-by-day/plan', 'create'],
      ['orders-by-day/migration-sql', 'create'],
      ['orders-by-day/rollback-plan', 'create'],
      ['specification', 'update'],
    ]);
    expect(await pages()).toContain('plans/orders-by-day.md');
    expect((await run(publish)).out).toBe('orders-by-day, in files:docs\n  4 pages say already what they should');
    expect((await run(['spec', 'update'])).out).toBe(
      'orders-by-day, in files:docs\n  4 pages say already what they should',
    );
  }));

it('a workspace that is named stands for the folder from here, and is found again from elsewhere', () =>
  withOrders(async (db) => {
    const { run, cwd } = await project(db);
    await mkdir(join(cwd, 'docs/wiki/specs'), { recursive: true });
    await writeFile(join(cwd, 'docs/wiki/specs/b.md'), '# B\n');
    const there = { cwd: join(cwd, 'docs') };
    await run([...publish.slice(0, 3), '--spec', 'wiki/specs/b.md', '--workspace', 'files:wiki'], there);
    expect(await db.rows('SELECT workspace, specification FROM lockkeeper.publication')).toEqual([
      { workspace: 'files:docs/wiki', specification: 'specs/b.md' },
    ]);
    expect((await run(['spec', 'update', 'orders-by-day'])).out).toContain('in files:docs/wiki');
  }));

it('--watch writes whenever something happened, tells of a workspace that is away, and ends with Ctrl-C', () =>
  withOrders(async (db) => {
    const { run, cwd, migration } = await project(db);
    await run(publish);
    const m = migrate(db.connect, migration);
    const interrupt = new AbortController();
    const [docs, away] = [join(cwd, 'docs'), join(cwd, 'away')];
    const turns = [
      async () => {
        await m.to('expand');
        await rename(docs, away);
      },
      () => rename(away, docs),
      () => Promise.resolve(),
      () => Promise.resolve(interrupt.abort()),
    ];
    const clock = { now: () => Date.now(), sleep: async () => await turns.shift()?.() };
    const watched = await run(['spec', 'update', '--watch'], { clock, signal: interrupt.signal });
    expect(watched.out.split('\n').filter((line) => line.startsWith('orders-by-day,')).length).toBe(2);
    expect(watched.out).toContain('  updated plans/orders-by-day.md');
    expect(watched.err).toContain('docs');
    expect(watched.code).toBe(130);
    expect(await readFile(join(docs, 'plans/orders-by-day.md'), 'utf8')).toContain('**100 %**: done.');
  }));

it('pages follow apply when the configuration says so', () =>
  withOrders(async (db) => {
    const { run, cwd } = await project(db, '  update: true\n');
    await run(publish);
    const applied = await run(['apply', 'orders-by-day', '--yes'], { clock: { now: () => Date.now(), sleep: pause } });
    expect(applied.code).toBe(0);
    expect(await readFile(join(cwd, 'docs/plans/orders-by-day.md'), 'utf8')).toContain('**100 %**: done.');
    expect(applied.err).toContain('updated in files:docs');
  }));

const pause = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));

it.each([
  [['spec', 'publish', 'orders-by-day'], 2, '--spec'],
  [['spec', 'publish', 'orders-by-day', '--spec', 'docs/specs/none.md'], 2, 'FILE_NOT_FOUND'],
  [['spec', 'update', '--watch', '--dry-run'], 2, '--watch and --dry-run do not go together.'],
  [['spec', 'update', 'orders-by-day'], 3, 'JOURNAL_MISSING'],
])('%j is refused', (argv, code, says) =>
  withOrders(async (db) => {
    const { run } = await project(db);
    const failed = await run(argv);
    expect(failed).toMatchObject({ code, out: '' });
    expect(failed.err).toContain(says);
  }),
);
