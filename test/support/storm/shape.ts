import type { Random } from './random.ts';

/** What one key holds, in the new shape's terms: column → value. null: there is no such row. */
export type Row = Readonly<Record<string, string | number | boolean | null>> | null;

/** A statement and what it makes of the row. */
export interface Write {
  readonly sql: string;
  readonly after: Row;
}

/** One case of the storm: how the application reads and writes a key through either shape. */
export interface Shape {
  readonly migration: string;
  readonly before: string;
  /** Two statements that read every row through one shape, as `key` and the columns of Row. */
  readonly readOld: string;
  readonly readNew: string;
  /** `complete`: with all rows that the new shape wants, since nothing of ours would add them. */
  readonly insert: (through: Through, key: number, random: Random, complete: boolean) => Write;
  readonly update: (through: Through, key: number, row: NonNullable<Row>, random: Random) => Write;
  readonly updateUnmapped: (key: number, row: NonNullable<Row>, random: Random) => Write;
  readonly remove: (key: number) => string;
  readonly move: (from: number, to: number) => string;
  /** One statement for several keys; null: not through this shape. */
  readonly updateMany: (
    through: Through,
    keys: readonly number[],
    random: Random,
  ) => { readonly sql: string; readonly change: NonNullable<Row> } | null;
  /** Any writes at all of keys that nobody keeps a record of: only parity is asked of them. */
  readonly noise: (through: Through, key: number, random: Random) => string;
}

export type Through = 'old' | 'new';

export const text = (value: string | number | boolean): string => `'${String(value).replaceAll("'", "''")}'`;
