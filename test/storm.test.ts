import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { columnShape } from './support/storm/column-shape.ts';
import { jsonShape } from './support/storm/json-shape.ts';
import { storm } from './support/storm/storm.ts';

// Longer ones: npm run storm -- --minutes 30. A failure names its seed: npm run storm -- --seed N.

it.each([
  ['json', jsonShape, 100_000],
  ['column', columnShape, 60_000],
] as const)(
  '%s: nothing that was acknowledged is lost, whatever happens at once',
  { timeout: 600_000 },
  (name, shape, ms) =>
    withDatabase(shape.before, async ({ url, connect }) => {
      const report = await storm({ url, connect, shape, seed: randomInt(1_000_000), ms });
      expect(report.failures, `npm run storm -- --case ${name} --seed ${report.seed}`).toEqual([]);
      expect(report.transactions).toBeGreaterThan(500);
      expect(report.kills).toBeGreaterThan(0);
    }),
);
