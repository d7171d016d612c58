import type { Random } from './random.ts';

export type Value = string | number | boolean | null;

/** What one key holds: column → value. null: there is no such row. */
export type Row = Readonly<Record<string, Value>> | null;

/** One statement or several, and what they make of the row. */
export interface Write {
  readonly sql: string;
  readonly after: Row;
  /** What COPY FROM STDIN is sent. */
  readonly data?: string;
}

/** Values that nobody wrote before, so that a lost write shows. */
export interface Fresh {
  readonly random: Random;
  /** Whether the server knows MERGE: from 15 on. */
  readonly merges: boolean;
  readonly number: () => number;
  /** A text which the application's own triggers leave alone, and one that they may not. */
  readonly text: () => string;
  readonly marked: () => { readonly written: string; readonly settled: string };
}

export interface Statement {
  readonly sql: string;
  readonly data?: string;
}

/** One case of the storm: how the application reads and writes a key through either shape. */
export interface Shape {
  readonly name: string;
  /** The migration's document, in YAML. */
  readonly document: string;
  readonly before: string;
  readonly tables: { readonly source: string; readonly targets: readonly string[] };
  /** Statements that read every row through one shape, as `key` and columns of Row. */
  readonly read: Readonly<Record<Through, string>>;
  /** What a shape shows of a row. */
  readonly seen: (through: Through, row: NonNullable<Row>) => NonNullable<Row>;
  /** What is left of a row when everything of the new shape has been taken away. */
  readonly forgotten: (row: NonNullable<Row>) => NonNullable<Row>;
  /** A row where there is none. `complete`: with all rows that the new shape wants, since nothing of ours would add them. */
  readonly insert: (through: Through, key: number, fresh: Fresh, complete: boolean) => Write;
  /** Whatever is there, by an upsert. */
  readonly replace: (through: Through, key: number, row: NonNullable<Row>, fresh: Fresh) => Write;
  readonly update: (through: Through, key: number, row: NonNullable<Row>, fresh: Fresh) => Write;
  readonly updateUnmapped: (key: number, row: NonNullable<Row>, fresh: Fresh) => Write;
  readonly updateMany: (
    through: Through,
    keys: readonly number[],
    fresh: Fresh,
  ) => { readonly sql: string; readonly change: NonNullable<Row> };
  /** `alone`: by new code of which no old code and no foreign key takes the rows of the new tables along. */
  readonly remove: (keys: readonly number[], fresh: Fresh, alone: boolean) => Statement;
  readonly move: (from: number, to: number, fresh: Fresh, alone: boolean) => Statement;
  /** Deleted and inserted again by one statement; through the old shape. */
  readonly reinsert: (key: number) => Statement;
  /** Empties the source and puts some rows in that nobody keeps a record of. */
  readonly truncate: (through: Through, partition: number | null) => string;
  /** The partition a key lies in, as a number; null: there is none that could be truncated alone. */
  readonly partitionOf: (key: number) => number | null;
  /** Empties one new table, and what that makes of every row; null: there is none. */
  readonly truncateTarget: { readonly sql: string; readonly change: NonNullable<Row> } | null;
  /** Any writes at all of keys that nobody keeps a record of: only parity is asked of them. */
  readonly noise: (through: Through, key: number, fresh: Fresh) => string;
  /** An update of an old row that every backfill has to visit. */
  readonly filler: (n: number) => string;
  readonly fillers: number;
  /** Triggers of the application that do not fire for writers in replica role. */
  readonly hasTriggers: boolean;
}

export type Through = 'old' | 'new';

export const text = (value: Value): string => (value === null ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`);
