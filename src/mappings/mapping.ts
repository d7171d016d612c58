import type { RelationName, Sql } from '../sql/sql.ts';

/** Stands for the leaf a chunk reads, in SQL that holds no text of people. No schema has an empty name. */
export const leafPlaceholder: RelationName = { schema: '', name: '@leaf@' };

/** What a mapping is called: `users.preferences`, and with the schema, in quotes where they are needed, outside of public. */
export const mappingId = ({ schema, name }: RelationName, column: string): string =>
  schema === 'public' && !/[".]/.test(name + column)
    ? `${name}.${column}`
    : [schema, name, column].map((part) => (/[".]/.test(part) ? JSON.stringify(part) : part)).join('.');

/** The same beside names and values that people wrote: a name that is in none of them. */
export function leafPlaceholderBeside(...given: readonly unknown[]): RelationName {
  const text = JSON.stringify(given);
  let name = leafPlaceholder.name;
  for (let n = 1; text.includes(name); n++) name = `@leaf ${n}@`;
  return { ...leafPlaceholder, name };
}

/** One comparison of a source with one of its new shapes. */
export interface ParityCheck {
  /** What is compared, for people: `users.preferences → user_preferences`. */
  readonly title: string;
  /** One row of counts: `compared, missing, extra, stale, quarantined`. */
  readonly counts: Sql;
  /** One row for each column: `column, exact, default_filled, lost`. */
  readonly lossless: Sql;
  /** Appends the keys of missing, extra and stale rows to `lockkeeper.dirty`, so that a drain mends them; returns one row `{ rows }`. null: they are mended where they are (`mend`). */
  readonly repair: Sql | null;
}

/** How rows of an old and a new shape correspond, compiled to the SQL that keeps them so. Everything here is printable. */
export interface Mapping {
  /** Unique within the migration, stable between plans: `users.preferences`. */
  readonly id: string;
  readonly kind: 'table' | 'column';
  readonly source: RelationName;
  /** The old shape's column. */
  readonly column: string;
  readonly targets: readonly RelationName[];
  /** The source's key columns; empty when it has none (column mappings only). */
  readonly key: readonly string[];
  /** Stands for the leaf a chunk reads, as a quoted name in `chunk`, `chunkCarefully`, `revive` and `mend`. */
  readonly leaf: RelationName;
  /** Copies one range of pages of `leaf`. Parameters: $1, $2 first and end ctid as text. One row: `rows, misfits`. */
  readonly chunk: Sql;
  /** The same, slower, for a chunk that raised because of a value: one that does not convert, or a row that is there already. */
  readonly chunkCarefully: Sql | null;
  /** Brings up to $1 captured keys up to date. One row: `drained`. null: this mapping captures nothing. */
  readonly drain: Sql | null;
  /** For one range of pages ($1, $2): statements of one transaction that lock it and then write what the new shape says into the old one. Only on the way back from contract. */
  readonly revive: readonly Sql[];
  /** For one range of pages ($1, $2): brings the rows that differ up to date from the old column. One row: `rows, mended`. null: they are mended by key (`parity`). */
  readonly mend: Sql | null;
  readonly parity: readonly ParityCheck[];
  /** One row for each column and JSON type of values in the source that would not fit: `column, type, reason, rows`. Used before the run. */
  readonly misfits: Sql;
  /** Reconciles lockkeeper.quarantine with what the source holds now ($1: run id). */
  readonly requarantine: Sql;
  /** Counts rows that have no value in the new shape, where contract will require one: `rows`. Absent: it requires none. */
  readonly unfilled?: Sql;
  /** The sequence that counts the application's writes of the old column; null when not counted. */
  readonly oldWrites: RelationName | null;
}
