import { expect, it } from 'vitest';
import { Pace } from './throttle.ts';

it('spreads rows over time', () => {
  const pace = new Pace();
  let now = 10_000;
  let rows = 0;
  const until = now + 10_000;
  while (now < until) {
    rows += 1000;
    now += 1 + pace.delay(1000, 40_000, now);
  }
  expect(rows).toBeGreaterThan(390_000);
  expect(rows).toBeLessThan(415_000);
});

it('never waits without a limit', () => {
  expect(new Pace().delay(1_000_000, null, 0)).toBe(0);
});

it('does not save up for later what a slow time left unused', () => {
  const pace = new Pace();
  pace.delay(1000, 1000, 0);
  expect(pace.delay(1000, 1000, 100_000)).toBeGreaterThan(700);
});
