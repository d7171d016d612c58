import type { Latency, LatencyPoint, PhaseLatency } from './application.ts';

const WINDOW_MS = 250;

interface Sample {
  readonly atMs: number;
  readonly ms: number;
  readonly kind: string;
}

/** Collects how long each transaction took. Exact: every sample is kept, a few hundred a second are cheap. */
export function recordLatency() {
  const samples: Sample[] = [];
  const marks: { label: string; atMs: number }[] = [];
  let seen = 0;
  return {
    /** `atMs` is when it was due, not when it was sent: a stall is charged to everybody who had to wait for it. */
    add: (atMs: number, ms: number, kind: string) => void samples.push({ atMs, ms, kind }),
    mark: (label: string, atMs: number) => void marks.push({ label, atMs }),
    /** What has ended since the last call. */
    recent: (): Latency => {
      const fresh = samples.slice(seen);
      seen = samples.length;
      return summarise(fresh);
    },
    phases: (endMs: number): PhaseLatency[] =>
      marks.map(({ label, atMs }, i) => {
        const toMs = marks[i + 1]?.atMs ?? endMs;
        const within = samples.filter((sample) => sample.atMs >= atMs && sample.atMs < toMs);
        return { label, fromMs: Math.round(atMs), toMs: Math.round(toMs), ...summarise(within) };
      }),
    kinds: () =>
      [...groupBy(samples, ({ kind }) => kind)]
        .map(([kind, group]) => ({ kind, ...summarise(group) }))
        .sort((a, b) => b.transactions - a.transactions),
    series: (): LatencyPoint[] =>
      [...groupBy(samples, ({ atMs }) => Math.floor(atMs / WINDOW_MS))]
        .sort(([a], [b]) => a - b)
        .map(([window, group]) => {
          const { p50Ms, p99Ms, maxMs } = summarise(group);
          return { atMs: window * WINDOW_MS, p50Ms, p99Ms, maxMs };
        }),
  };
}

function groupBy<Key>(samples: readonly Sample[], keyOf: (sample: Sample) => Key): Map<Key, Sample[]> {
  const groups = new Map<Key, Sample[]>();
  for (const sample of samples) {
    const key = keyOf(sample);
    const group = groups.get(key);
    if (group) group.push(sample);
    else groups.set(key, [sample]);
  }
  return groups;
}

function summarise(samples: readonly Sample[]): Latency {
  const sorted = Float64Array.from(samples, ({ ms }) => ms).sort();
  return {
    transactions: sorted.length,
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
    maxMs: percentile(sorted, 1),
  };
}

/** Nearest rank, to a hundredth of a millisecond; 0 when there is nothing. */
const percentile = (sorted: Float64Array, share: number): number =>
  Math.round((sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0) * 100) / 100;
