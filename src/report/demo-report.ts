import { z } from 'zod';
import { phaseNames } from '../events.ts';
import { number, seconds } from './numbers.ts';

const count = z.int().nonnegative();
const ms = z.number().nonnegative();

const latency = { transactions: count, p50Ms: ms, p95Ms: ms, p99Ms: ms, maxMs: ms };

/** What `lockkeeper demo` ends with. Times of the chart count from the application's start. */
export const demoReportSchema = z
  .object({
    schema: z.literal('lockkeeper.demo/1'),
    ok: z.boolean(),
    /** Empty when ok. */
    failures: z.array(z.string()),
    migration: z.string(),
    rows: count,
    serverVersion: z.string(),
    startedAt: z.iso.datetime(),
    durationMs: ms,
    application: z.object({
      ratePerSecond: z.number(),
      transactions: count,
      errors: z.array(z.object({ kind: z.string(), code: z.string(), message: z.string(), count })),
      staleReads: count,
      checks: z.array(z.object({ when: z.string(), users: count, values: count, differences: count })),
      longTransactions: z.object({ count, openShare: z.number(), longestMs: ms }),
      kinds: z.array(z.object({ kind: z.string(), ...latency })),
    }),
    /** The first is the baseline before the migration. */
    latency: z.array(z.object({ label: z.string(), fromMs: ms, toMs: ms, ...latency })),
    series: z.array(z.object({ atMs: ms, p50Ms: ms, p99Ms: ms, maxMs: ms })),
    stall: z.object({
      longestMs: ms,
      limitMs: ms,
      during: z.string().nullable(),
      count,
      samples: count,
      longestGapMs: ms,
    }),
    steps: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        direction: z.enum(['forward', 'back']),
        attempts: count,
        durationMs: ms,
        lockWaitMs: ms,
        lockHeldMs: ms,
      }),
    ),
    backfill: z.array(z.object({ mapping: z.string(), rows: count, durationMs: ms, rowsPerSecond: z.number() })),
    verification: z.array(
      z.object({
        when: z.string(),
        ok: z.boolean(),
        parity: z.array(
          z.object({
            title: z.string(),
            compared: count,
            missing: count,
            extra: count,
            stale: count,
            quarantined: count,
          }),
        ),
        lossless: z.array(z.object({ column: z.string(), exact: count, defaultFilledIn: count, lost: count })),
      }),
    ),
    quarantine: z.object({
      seeded: z.record(z.string(), count),
      found: count,
      repaired: count,
      accepted: count,
      open: count,
    }),
    rollback: z
      .object({
        from: z.enum(phaseNames),
        to: z.enum(phaseNames),
        steps: z.array(z.string()),
        durationMs: ms,
        forwardAgainMs: ms,
      })
      .nullable(),
  })
  .meta({ id: 'lockkeeper.demo/1', title: 'The report of lockkeeper demo' });

export type DemoReport = z.infer<typeof demoReportSchema>;

/** No statement of the application may wait longer than this for one of our locks. */
export const STALL_LIMIT_MS = 250;

/** Everything that a demonstration must not show; empty when all is well. */
export function demoFailures(report: Omit<DemoReport, 'ok' | 'failures'>): string[] {
  const { application, stall, verification, quarantine } = report;
  const errors = application.errors.reduce((sum, error) => sum + error.count, 0);
  const differences = application.checks.reduce((sum, check) => sum + check.differences, 0);
  const found = [
    errors > 0 && `The application saw ${plural(errors, 'error')}.`,
    application.staleReads > 0 &&
      `${plural(application.staleReads, 'read')} did not return the last acknowledged write.`,
    differences > 0 &&
      `${plural(differences, 'value')} of the database ${differences === 1 ? 'is' : 'are'} not what was acknowledged.`,
    ...verification.filter(({ ok }) => !ok).map(({ when }) => `Verification found differences: ${when}.`),
    quarantine.open > 0 && `${plural(quarantine.open, 'row')} stayed in quarantine.`,
    stall.longestMs > stall.limitMs &&
      `A statement of the application waited ${Math.round(stall.longestMs)} ms for one of our locks; the limit is ${stall.limitMs} ms.`,
  ];
  return found.filter((failure) => failure !== false);
}

/** The last line: the whole demonstration in one sentence. */
export function demoSummary(report: DemoReport): string {
  const { rows, durationMs, application, stall, backfill } = report;
  if (!report.ok) return `FAILED: ${report.failures.join(' ')}`;
  const speed = Math.max(0, ...backfill.map(({ rowsPerSecond }) => rowsPerSecond));
  return (
    `OK: ${number(rows)} rows moved live in ${seconds(durationMs)} (backfill ${number(Math.round(speed))} rows/s); ` +
    `${number(application.transactions)} transactions, 0 errors, 0 differences, longest stall ${Math.round(stall.longestMs)} ms.`
  );
}

const plural = (value: number, noun: string): string => `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
