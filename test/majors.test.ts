import { expect, it } from 'vitest';
import { firstSeed } from './support/chance.ts';
import { withDatabase } from './support/database.ts';
import { describeFailure, runMany } from './support/storm/many.ts';
import { short, storm } from './support/storm/storm.ts';

// A short storm on the majors before the newest, which has a long one of its own.

const SCHEDULES = 8;

it('nothing that was acknowledged is lost', { timeout: 300_000 }, async () => {
  const first = firstSeed('storm on this major');
  let begun = 0;
  const total = await runMany(
    () => (begun < SCHEDULES ? first + begun++ : null),
    2,
    (seed) => withDatabase('', ({ url, connect }) => storm({ url, connect, kind: short, seed })),
  );
  expect(total.failed.map((report) => describeFailure(report, ''))).toEqual([]);
});
