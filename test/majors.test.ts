import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { describeFailure, runMany } from './support/storm/many.ts';
import { shapeOf, short, storm } from './support/storm/storm.ts';

// A short storm on the majors before the newest, which has a long one of its own.

it('nothing that was acknowledged is lost', { timeout: 300_000 }, async () => {
  let seed = randomInt(1_000_000_000);
  let begun = 0;
  const next = (): number => (shapeOf(++seed, short).name.includes('hasForeignKey=false') ? next() : seed);
  const total = await runMany(
    () => (begun++ < 8 ? next() : null),
    2,
    (seeded) => withDatabase('', ({ url, connect }) => storm({ url, connect, kind: short, seed: seeded })),
  );
  expect(total.failed.map((report) => describeFailure(report, ''))).toEqual([]);
});
