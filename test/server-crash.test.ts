import { expect, inject, it } from 'vitest';
import { connectTo } from '../src/database/connect.ts';
import { parseTarget } from '../src/database/target.ts';
import { ident, sql } from '../src/sql/sql.ts';
import { firstSeed } from './support/chance.ts';
import { withServer } from './support/server.ts';
import { crashing } from './support/storm/executor.ts';
import { describeTotal, runMany } from './support/storm/many.ts';
import { storm, type Kind, type StormReport } from './support/storm/storm.ts';

// fsync is on, and the server ends without a word while chunks, drains and steps run: again and again.

/** Schedules are run until there have been so many. */
const CRASHES = 20 / inject('oneIn');
const kind: Kind = {
  moves: 3,
  fillers: 3000,
  pacing: { thinkMs: 40, slowMs: 300 },
  processes: false,
  meddles: false,
};

const stormOn = (seed: number): Promise<StormReport> =>
  withServer({ settings: ['max_prepared_transactions=20'] }, async (server) => {
    const admin = await server.connect('executor', 'tests');
    await admin.execute(sql`CREATE DATABASE ${ident('crashing')}`).finally(() => admin.close());
    const url = server.url('crashing');
    return await storm({ url, connect: connectTo(parseTarget(url)), kind, seed, executor: crashing(server) });
  });

it('nothing acknowledged is lost when the server crashes', { timeout: 900_000 }, async () => {
  const first = firstSeed('crashes');
  let begun = 0;
  let crashes = 0;
  const next = () => (crashes < CRASHES ? first + begun++ : null);
  const total = await runMany(next, 2, async (seed) => {
    const report = await stormOn(seed);
    crashes += report.counts.get('server crashes') ?? 0;
    return report;
  });
  console.log(describeTotal(total));
  expect(total.failed.map(({ seed, shape, moves, failures }) => ({ seed, shape, moves, failures }))).toEqual([]);
});
