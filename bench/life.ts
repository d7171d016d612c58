import { systemClock } from '../src/clock.ts';
import type { PhaseLatency } from '../src/demo/application/application.ts';
import type { Event } from '../src/events.ts';
import { figure, ratio, spread, table } from './figures.ts';
import { say } from './options.ts';
import { targets } from './plain-sql.ts';
import { flagshipFile, productOn } from './product.ts';
import type { Bench } from './server.ts';
import type { Workload } from './workload.ts';

export interface Load {
  readonly ratePerSecond: number;
  readonly measureMs: number;
}

/** What is measured, in the order it comes; other time goes to `between`. */
const moments = ['baseline', 'capture installed', 'copying', 'index and constraints', 'direct sync installed'] as const;
type Moment = (typeof moments)[number];
const between = 'between';
/** What a step made wait has been served by then. */
const SETTLE_MS = 1000;

/** The application's latency while the flagship goes from nothing to dual-write with the default throttle, round by round. */
export async function benchLife(bench: Bench, workload: Workload, { ratePerSecond, measureMs }: Load, rounds: number) {
  const file = await flagshipFile('');
  const product = productOn(bench, file.path);
  const memoryBeforeBytes = process.memoryUsage.rss();
  const p: Record<'p50Ms' | 'p95Ms' | 'p99Ms', Record<string, number[]>> = { p50Ms: {}, p95Ms: {}, p99Ms: {} };
  const rowsPerSecond: number[] = [];
  let errors = 0;
  for (let round = 1; round <= rounds; round++) {
    await fresh(bench);
    await workload.begin(ratePerSecond);
    const hold = async (moment: Moment) => {
      await systemClock.sleep(SETTLE_MS);
      await workload.mark(moment);
      await systemClock.sleep(measureMs);
      await workload.mark(between);
    };
    const copy = followCopy(workload);
    await workload.mark(between);
    await hold('baseline');
    await product.apply('expand');
    await hold('capture installed');
    await product.apply('backfill', copy.listen);
    await workload.mark(between);
    await product.apply('dual-write');
    await hold('direct sync installed');
    const measured = await workload.end();
    errors = measured.errors;
    rowsPerSecond.push(copy.rowsPerSecond());
    for (const phase of measured.phases.filter((x) => x.label !== between))
      for (const key of ['p50Ms', 'p95Ms', 'p99Ms'] as const) (p[key][phase.label] ??= []).push(phase[key]);
    say(
      `  round ${round}: ${measured.phases
        .filter((x) => x.label !== between)
        .map((x) => `${x.label} p99 ${x.p99Ms} ms`)
        .join(', ')}`,
    );
  }
  await product.forget(targets);
  await file.remove();
  const p99 = (moment: Moment) => p.p99Ms[moment] ?? [];
  return {
    errors,
    rowsPerSecond: figure(rowsPerSecond),
    latencyMs: Object.fromEntries(
      moments.map((m) => [m, { p50: figure(p.p50Ms[m] ?? []), p95: figure(p.p95Ms[m] ?? []), p99: figure(p99(m)) }]),
    ),
    p99ToBaseline: Object.fromEntries(moments.slice(1).map((m) => [m, ratio(p99(m), p99('baseline'))])),
    memoryBeforeBytes,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** p99 against how fast the backfill goes, each beside a baseline of its own. `null`: as fast as it can. */
export async function benchCurve(
  bench: Bench,
  workload: Workload,
  { ratePerSecond, measureMs }: Load,
  limits: readonly (number | null)[],
) {
  const points = [];
  for (const limit of limits) {
    const file = await flagshipFile(`backfill: { max_rows_per_second: ${String(limit)} }`);
    const product = productOn(bench, file.path);
    await fresh(bench);
    await workload.begin(ratePerSecond);
    await workload.mark(between);
    await systemClock.sleep(SETTLE_MS);
    await workload.mark('baseline');
    await systemClock.sleep(measureMs);
    await workload.mark(between);
    await product.apply('expand');
    const copy = followCopy(workload);
    await product.apply('backfill', copy.listen, AbortSignal.timeout(measureMs));
    const { phases } = await workload.end();
    const at = (label: string) => phases.find((x) => x.label === label) ?? nothing;
    const [quiet, busy] = [at('baseline'), at('copying')];
    points.push({
      limit,
      rowsPerSecond: Math.round(copy.rowsPerSecond()),
      baselineP99Ms: quiet.p99Ms,
      p50Ms: busy.p50Ms,
      p99Ms: busy.p99Ms,
      p99ToBaseline: busy.p99Ms / quiet.p99Ms,
    });
    say(
      `  limit ${String(limit)}: ${Math.round(copy.rowsPerSecond())} rows/s, p99 ${busy.p99Ms} ms against ${quiet.p99Ms} ms`,
    );
    await product.forget(targets);
    await file.remove();
  }
  return points;
}

const nothing: Pick<PhaseLatency, 'p50Ms' | 'p99Ms'> = { p50Ms: NaN, p99Ms: NaN };

async function fresh(bench: Bench): Promise<void> {
  await productOn(bench, '').forget(targets);
  await bench.run('VACUUM (ANALYZE) users');
  await bench.run('CHECKPOINT');
}

/** Marks when the copying begins and when the rest of the phase does, and counts how fast it went. */
function followCopy(workload: Workload) {
  let startedAt = NaN;
  let last = { at: NaN, rows: 0 };
  return {
    listen: (event: Event) => {
      const now = performance.now();
      if (event.type === 'step.started' && event.kind === 'backfill') {
        startedAt = now;
        void workload.mark('copying');
      }
      if (event.type === 'step.finished' && event.step.includes('-copy-')) void workload.mark('index and constraints');
      if (event.type === 'backfill.progressed') last = { at: now, rows: event.rowsDone };
    },
    rowsPerSecond: () => (last.rows / (last.at - startedAt)) * 1000,
  };
}

export const showLife = (r: Awaited<ReturnType<typeof benchLife>>): string =>
  [
    `Life of the flagship, default throttle (${spread(r.rowsPerSecond)} rows/s), ${r.errors} errors of the application`,
    table(
      ['latency, ms', 'p50', 'p95', 'p99', 'p99 to baseline'],
      Object.entries(r.latencyMs).map(([moment, l]) => {
        const to = r.p99ToBaseline[moment];
        return [moment, spread(l.p50, 2), spread(l.p95, 2), spread(l.p99, 2), to ? spread(to, 2) : ''];
      }),
    ),
    `Memory of our process: ${megabytes(r.memoryBeforeBytes)} before the first migration, at most ${megabytes(r.peakMemoryBytes)} since`,
  ].join('\n\n');

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MB`;

export const showCurve = (points: Awaited<ReturnType<typeof benchCurve>>): string =>
  `Latency against the speed of the backfill\n\n${table(
    ['limit', 'rows/s', 'p50 ms', 'p99 ms', 'baseline p99 ms', 'p99 to baseline'],
    points.map((x) => [
      x.limit === null ? 'none' : String(x.limit),
      String(x.rowsPerSecond),
      ...[x.p50Ms, x.p99Ms, x.baselineP99Ms, x.p99ToBaseline].map((n) => n.toFixed(2)),
    ]),
  )}`;
