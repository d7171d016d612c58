import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { columnShape } from './support/storm/column-shape.ts';
import { jsonShape } from './support/storm/json-shape.ts';
import { storm } from './support/storm/storm.ts';

// A short storm on the majors before the newest, which has long ones of its own.

it.each([
  ['json', jsonShape],
  ['column', columnShape],
] as const)('%s: nothing that was acknowledged is lost', { timeout: 120_000 }, (_name, shape) =>
  withDatabase(shape.before, async ({ url, connect }) => {
    const report = await storm({ url, connect, shape, seed: randomInt(1_000_000), ms: 10_000 });
    expect(report.failures, `seed ${report.seed}`).toEqual([]);
    expect(report.transactions).toBeGreaterThan(50);
  }),
);
