import { expect, it } from 'vitest';
import { renderDemoHtml } from './demo-page.ts';
import { demoFailures, type DemoReport, demoReportSchema } from './demo-report.ts';
import { renderDemoText } from './demo-text.ts';

const latency = { transactions: 1200, p50Ms: 0.9, p95Ms: 2, p99Ms: 4, maxMs: 12 };

const report: DemoReport = {
  schema: 'lockkeeper.demo/1',
  ok: true,
  failures: [],
  migration: 'user-preferences',
  rows: 20_000,
  serverVersion: '18.4',
  startedAt: '2026-01-02T03:04:05.000Z',
  durationMs: 21_400,
  application: {
    ratePerSecond: 400,
    transactions: 2400,
    errors: [],
    staleReads: 0,
    checks: [{ when: 'at the end', users: 900, values: 2700, differences: 0 }],
    longTransactions: { count: 4, openShare: 0.31, longestMs: 4200 },
    kinds: [{ kind: 'old: read', ...latency }],
  },
  latency: [
    { label: 'baseline', fromMs: 0, toMs: 3000, ...latency },
    { label: 'backfill', fromMs: 3000, toMs: 6000, ...latency, p99Ms: 6 },
  ],
  series: Array.from({ length: 24 }, (_, i) => ({ atMs: i * 250, p50Ms: 0.9, p99Ms: 4, maxMs: 8 + i })),
  stall: { longestMs: 41, limitMs: 250, during: 'backfill', count: 3, samples: 900, longestGapMs: 14 },
  steps: [
    {
      id: 'expand/01-create-user_preferences',
      title: 'Create user_preferences',
      direction: 'forward',
      attempts: 2,
      durationMs: 1200,
      lockWaitMs: 1100,
      lockHeldMs: 8,
    },
  ],
  backfill: [{ mapping: 'users.preferences', rows: 20_000, durationMs: 400, rowsPerSecond: 50_000 }],
  verification: [
    {
      when: 'in dual-write',
      ok: true,
      parity: [
        {
          title: 'users.preferences → user_preferences',
          compared: 20_010,
          missing: 0,
          extra: 0,
          stale: 0,
          quarantined: 10,
        },
      ],
      lossless: [{ column: 'theme', exact: 19_000, defaultFilledIn: 1000, lost: 0 }],
    },
  ],
  quarantine: { seeded: { digest: 4 }, found: 20, repaired: 10, accepted: 10, open: 0 },
  rollback: {
    from: 'switch',
    to: 'dual-write',
    steps: ['switch/01-reads'],
    durationMs: 30,
    forwardAgainMs: 20,
  },
};

it('is a valid document of its schema', () => {
  expect(demoReportSchema.parse(report)).toEqual(report);
});

it('ends, on a terminal, with one line that says it all', () => {
  const text = renderDemoText(report);
  expect(text.split('\n').at(-1)).toBe(
    'OK: 20,000 rows moved live in 21.4 s (backfill 50,000 rows/s); 2,400 transactions, 0 errors, 0 differences, longest stall 41 ms.',
  );
  expect(text).toContain('  backfill         1,200  0.900  2.00  6.00  12.0                 1.50×');
});

it('fails on an error, a stale read, a difference or a stall, and says which', () => {
  expect(demoFailures(report)).toEqual([]);
  const { application, stall } = report;
  const bad = {
    ...report,
    application: {
      ...application,
      errors: [{ kind: 'old: read', code: '40P01', message: 'deadlock detected', count: 2 }],
      staleReads: 1,
      checks: [{ when: 'at the end', users: 1, values: 1, differences: 1 }],
    },
    stall: { ...stall, longestMs: 251 },
  };
  expect(demoFailures(bad)).toEqual([
    'The application saw 2 errors.',
    '1 read did not return the last acknowledged write.',
    '1 value of the database is not what was acknowledged.',
    'A statement of the application waited 251 ms for one of our locks; the limit is 250 ms.',
  ]);
});

it('is one page that loads nothing and escapes what it is given', () => {
  const page = renderDemoHtml({
    ...report,
    latency: report.latency.map((phase) => ({ ...phase, label: '<script>alert("&")</script>' })),
  });
  expect(page).not.toMatch(/<script|https?:|<link|<img|url\(/);
  expect(page).toContain('&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;');
  expect(page).toContain('prefers-color-scheme: dark');
});
