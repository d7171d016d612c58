import { expect, it } from 'vitest';
import { firstSeed } from './support/chance.ts';
import { withDatabase } from './support/database.ts';
import { describeFailure, describeTotal, runMany } from './support/storm/many.ts';
import { long, storm } from './support/storm/storm.ts';

// The command in processes of its own, ended by SIGKILL, or stopped by SIGSTOP while another takes over and woken afterwards.

const SCHEDULES = 3;

it('a process that is killed or frozen loses nothing', { timeout: 900_000 }, async () => {
  const first = firstSeed('storm of processes');
  let begun = 0;
  const total = await runMany(
    () => (begun < SCHEDULES ? first + begun++ : null),
    SCHEDULES,
    (seed) => withDatabase('', ({ url, connect }) => storm({ url, connect, kind: long, seed })),
  );
  console.log(describeTotal(total));
  expect(total.failed.map((report) => describeFailure(report, ' --processes'))).toEqual([]);
  for (const what of ['executors killed', 'executors frozen']) expect(total.counts.get(what), what).toBeGreaterThan(0);
});
