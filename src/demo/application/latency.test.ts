import { expect, it } from 'vitest';
import { recordLatency } from './latency.ts';

it('summarises by phase, by kind and by window of 250 ms', () => {
  const latency = recordLatency();
  latency.mark('baseline', 0);
  for (let i = 1; i <= 100; i++) latency.add(i, i, 'read');
  latency.mark('expand', 500);
  latency.add(600, 7, 'write');

  expect(latency.phases(1000)).toEqual([
    { label: 'baseline', fromMs: 0, toMs: 500, transactions: 100, p50Ms: 50, p95Ms: 95, p99Ms: 99, maxMs: 100 },
    { label: 'expand', fromMs: 500, toMs: 1000, transactions: 1, p50Ms: 7, p95Ms: 7, p99Ms: 7, maxMs: 7 },
  ]);
  expect(latency.kinds().map(({ kind, transactions }) => [kind, transactions])).toEqual([
    ['read', 100],
    ['write', 1],
  ]);
  expect(latency.series()).toEqual([
    { atMs: 0, p50Ms: 50, p99Ms: 99, maxMs: 100 },
    { atMs: 500, p50Ms: 7, p99Ms: 7, maxMs: 7 },
  ]);
  expect([latency.recent().transactions, latency.recent().transactions]).toEqual([101, 0]);
});
