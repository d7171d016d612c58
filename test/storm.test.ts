import { expect, it } from 'vitest';
import { firstSeed } from './support/chance.ts';
import { withDatabase } from './support/database.ts';
import { describeFailure, describeTotal, runMany } from './support/storm/many.ts';
import { short, storm } from './support/storm/storm.ts';

// More of them: npm run storm -- --minutes 60. A failure names its seed: npm run storm -- --seed N.

const SCHEDULES = 40;

it('nothing that was acknowledged is lost, whatever happens at once', { timeout: 1_200_000 }, async () => {
  const first = firstSeed('storm');
  let begun = 0;
  const total = await runMany(
    () => (begun < SCHEDULES ? first + begun++ : null),
    4,
    (seed) => withDatabase('', ({ url, connect }) => storm({ url, connect, kind: short, seed })),
  );
  console.log(describeTotal(total));
  expect(total.failed.map((report) => describeFailure(report, ''))).toEqual([]);
});
