import type { Risk } from './step.ts';

const risk =
  (level: Risk['level']) =>
  (because: string, mitigation: string): Risk => ({ level, because, mitigation });

export const low = risk('low');
export const medium = risk('medium');
export const high = risk('high');

/** From here on a table counts as large: work that reads all of it takes minutes, not seconds. */
export const LARGE_TABLE_ROWS = 1_000_000;
