import type { Queryable } from '../database/database.ts';
import type { PlannedMapping } from '../plan/plan.ts';
import { raw } from '../sql/sql.ts';

export interface ParityCounts {
  readonly title: string;
  readonly compared: number;
  /** Source rows that the new shape lacks. */
  readonly missing: number;
  /** Rows of the new shape whose source is gone. */
  readonly extra: number;
  /** Rows whose values differ. */
  readonly stale: number;
  /** Rows that hold a value which does not fit; their column is compared with its fallback. */
  readonly quarantined: number;
}

export interface LosslessCounts {
  readonly column: string;
  readonly exact: number;
  readonly defaultFilled: number;
  readonly lost: number;
}

/** Compares both shapes row by row, each check in one snapshot. */
export async function compareShapes(db: Queryable, mapping: PlannedMapping): Promise<ParityCounts[]> {
  const found: ParityCounts[] = [];
  for (const { title, counts } of mapping.parity) {
    const [row] = await db.query<Omit<ParityCounts, 'title'>>(raw(counts));
    if (row) found.push({ title, ...row });
  }
  return found;
}

/** For every column: values held exactly, absent ones that a default replaced, values that cannot be given back. */
export async function countLossless(db: Queryable, mapping: PlannedMapping): Promise<LosslessCounts[][]> {
  const found: LosslessCounts[][] = [];
  for (const { lossless } of mapping.parity) {
    const rows = await db.query<{ column: string; exact: number; default_filled: number; lost: number }>(raw(lossless));
    found.push(rows.map((r) => ({ column: r.column, exact: r.exact, defaultFilled: r.default_filled, lost: r.lost })));
  }
  return found;
}

export const isExact = (counts: readonly ParityCounts[]): boolean =>
  counts.every((c) => c.missing + c.extra + c.stale === 0);

export const describeParity = (counts: readonly ParityCounts[]): string =>
  counts
    .map((c) => `${c.title}: ${c.compared} compared, ${c.missing} missing, ${c.extra} extra, ${c.stale} stale`)
    .join('; ');
