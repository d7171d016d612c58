import type { RelationName } from '../sql/sql.ts';

/** A table by its names only. */
export interface ListedTable extends RelationName {
  readonly columns: readonly string[];
  /** Those that are json or jsonb. */
  readonly json: readonly string[];
}
