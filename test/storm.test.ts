import { expect, it } from 'vitest';
import { firstSeed } from './support/chance.ts';
import { withDatabase } from './support/database.ts';
import { describeFailure, describeTotal, runMany } from './support/storm/many.ts';
import { short, storm } from './support/storm/storm.ts';

// More of them: npm run storm -- --minutes 60. A failure names its seed: npm run storm -- --seed N.

const SCHEDULES = 200;
/** Enough that two processors are busy while some wait for slow transactions and for locks that somebody frozen holds. */
const AT_ONCE = 6;

it('nothing that was acknowledged is lost, whatever happens at once', { timeout: 3_600_000 }, async () => {
  const first = firstSeed('storm');
  let begun = 0;
  const total = await runMany(
    () => (begun < SCHEDULES ? first + begun++ : null),
    AT_ONCE,
    (seed) => withDatabase('', ({ url, connect }) => storm({ url, connect, kind: short, seed })),
  );
  console.log(describeTotal(total));
  expect(total.failed.map((report) => describeFailure(report, ''))).toEqual([]);
});
