import type { StormReport } from './storm.ts';

export interface Total {
  readonly schedules: number;
  readonly seconds: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly errors: ReadonlyMap<string, number>;
  readonly failed: readonly StormReport[];
}

/** Several schedules at a time, until there is no next seed. */
export async function runMany(
  next: () => number | null,
  atOnce: number,
  run: (seed: number) => Promise<StormReport>,
): Promise<Total> {
  const counts = new Map<string, number>();
  const errors = new Map<string, number>();
  const failed: StormReport[] = [];
  const started = Date.now();
  let schedules = 0;
  const add = (to: Map<string, number>, from: ReadonlyMap<string, number>) => {
    for (const [what, n] of from) to.set(what, (to.get(what) ?? 0) + n);
  };
  const worker = async () => {
    for (let seed = next(); seed !== null; seed = next()) {
      const report = await run(seed);
      schedules++;
      add(counts, report.counts);
      add(errors, report.errors);
      if (report.failures.length) failed.push(report);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { schedules, counts, errors, failed, seconds: Math.round((Date.now() - started) / 1000) };
}

const listed = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, n]) => `  ${n} ${what}`)
    .join('\n');

export const describeTotal = ({ schedules, seconds, counts, errors, failed }: Total): string =>
  `${schedules} schedules in ${seconds} s, ${failed.length} failed\n${listed(counts)}\nerrors that the application tried again after:\n${listed(errors)}`;

export const describeFailure = ({ seed, shape, moves, failures }: StormReport, how: string): string =>
  `seed ${seed} (${shape}): ${moves.join(' → ')}\nnpm run storm -- --seed ${seed}${how}\n${failures.slice(0, 8).join('\n')}`;
