import type { DataMove } from './operation.ts';

const FEW = 10_000;
const MANY = 1_000_000;

/** How data moves depends on how much there is; the basis is the table's own row count. */
export function dataMove(from: string, to: readonly string[], rows: number, losses: readonly string[]): DataMove {
  const [how, because] =
    rows < 0
      ? (['in batches', 'the table was never analyzed, so its size is not known'] as const)
      : rows < FEW
        ? (['in one batch or a few', `there are under ${FEW.toLocaleString('en')} rows`] as const)
        : rows <= MANY
          ? ([
              'in batches',
              `there are between ${FEW.toLocaleString('en')} and ${MANY.toLocaleString('en')} rows`,
            ] as const)
          : (['in batches by several workers', `there are more than ${MANY.toLocaleString('en')} rows`] as const);
  return { from, to, rows, how, because, losses };
}
