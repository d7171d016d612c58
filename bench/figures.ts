/** What several rounds gave: the middle one, and how far apart they were. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: readonly number[];
}

export function figure(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (i: number) => sorted[i] ?? NaN;
  const half = sorted.length / 2;
  const median = sorted.length % 2 ? at(Math.floor(half)) : (at(half - 1) + at(half)) / 2;
  return { median, min: at(0), max: at(sorted.length - 1), rounds: values.map((v) => Number(v.toPrecision(6))) };
}

/** Round by round: what was measured right after each other is compared, not medians of different minutes. */
export const ratio = (values: readonly number[], to: readonly number[]): Figure =>
  figure(values.map((value, i) => value / (to[i] ?? NaN)));

/** `12,345 (11,900 – 13,002)` */
export const spread = ({ median, min, max }: Figure, digits = 0): string => {
  const show = (n: number) =>
    n.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${show(median)} (${show(min)} – ${show(max)})`;
};

/** Columns side by side; all but the first stand on the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
