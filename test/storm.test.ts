import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { describeFailure, describeTotal, runMany } from './support/storm/many.ts';
import { shapeOf, short, storm } from './support/storm/storm.ts';

// More of them: npm run storm -- --minutes 60. A failure names its seed: npm run storm -- --seed N.

const SCHEDULES = 40;
/** Without a foreign key one schedule in some sixty still ends with a difference when the machine is overloaded: see docs/limits.md. */
const isCovered = (seed: number) => !shapeOf(seed, short).name.includes('hasForeignKey=false');

it('nothing that was acknowledged is lost, whatever happens at once', { timeout: 1_200_000 }, async () => {
  let seed = randomInt(1_000_000_000);
  let begun = 0;
  const next = (): number => (isCovered(++seed) ? seed : next());
  const total = await runMany(
    () => (begun++ < SCHEDULES ? next() : null),
    4,
    (seeded) => withDatabase('', ({ url, connect }) => storm({ url, connect, kind: short, seed: seeded })),
  );
  console.log(describeTotal(total));
  expect(total.failed.map((report) => describeFailure(report, ''))).toEqual([]);
});
