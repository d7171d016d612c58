/** Ways in which a seeded document does not fit the new shape. */
const misfitKinds = ['items_per_page', 'digest', 'email', 'array', 'scalar'] as const;
export type MisfitKind = (typeof misfitKinds)[number];

/** Every how many rows each kind of misfit is seeded: 1 in 5000, more often in a small table so that there are always some. */
export const misfitPeriod = (rows: number): number => Math.min(5000, Math.max(10, Math.floor(rows / 4)));

/** The place of a kind within each period. */
export const misfitPlace = (kind: MisfitKind, period: number): number =>
  Math.floor(((misfitKinds.indexOf(kind) + 0.5) * period) / misfitKinds.length);

/** Which users were seeded with a value that does not fit: known from the id alone, so that nothing has to be searched or stored. */
export function misfitOf(id: number, rows: number): MisfitKind | null {
  if (id < 1 || id > rows) return null;
  const period = misfitPeriod(rows);
  return misfitKinds.find((kind) => id % period === misfitPlace(kind, period)) ?? null;
}

/** All of them, in order. */
export const misfitIds = (rows: number): number[] =>
  Array.from({ length: rows }, (_, i) => i + 1).filter((id) => misfitOf(id, rows) !== null);
