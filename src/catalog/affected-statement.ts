/** A statement of the application that names what changes. */
export interface AffectedStatement {
  /** Normalised: constants are $1, $2, … */
  readonly query: string;
  readonly calls: number;
  readonly reads: boolean;
  readonly writes: boolean;
  /** The changed columns it names; `*` when it reads or writes them all. */
  readonly columns: readonly string[];
  /** Will fail once with "cached plan must not change result type" when prepared. */
  readonly failsOnce: boolean;
}
