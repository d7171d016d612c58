/** Which shapes of the data exist for the application's role. */
export type Shapes = 'old' | 'both' | 'new';

export interface ApplicationOptions {
  /** As the application's own role. */
  readonly url: string;
  /** How many users were seeded. */
  readonly rows: number;
  readonly migration: string;
  readonly ratePerSecond: number;
  readonly connections: number;
}

export interface ApplicationError {
  readonly kind: string;
  readonly code: string;
  /** PostgreSQL's message with quoted values taken out. */
  readonly message: string;
  readonly count: number;
}

/** Latency as the user sees it: counted from the moment the request was due. */
export interface Latency {
  readonly transactions: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface PhaseLatency extends Latency {
  readonly label: string;
  /** Since the application started. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LatencyPoint {
  readonly atMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The last moments, for a person who watches. */
export interface LiveLatency extends Latency {
  readonly errors: number;
  readonly queued: number;
}

/** What the data says against the last write that was acknowledged to the application. */
export interface OracleCheck {
  readonly users: number;
  readonly values: number;
  readonly differences: number;
  /** A few of them: where, never what. */
  readonly examples: readonly string[];
}

interface ApplicationStats {
  readonly phases: readonly PhaseLatency[];
  readonly series: readonly LatencyPoint[];
  readonly kinds: readonly (Latency & { readonly kind: string })[];
  readonly errors: readonly ApplicationError[];
  /** Reads that did not return the last acknowledged write. */
  readonly staleReads: number;
  readonly longTransactions: { readonly count: number; readonly openShare: number; readonly longestMs: number };
}

/** An application that never stops, while its versions are rolled out and back. */
export interface Application {
  /** Names the time from now on. */
  readonly setPhase: (label: string) => Promise<void>;
  /** Deploys the version for the final schema, and the one that writes both shapes. */
  readonly enableNew: () => Promise<void>;
  /** Takes the versions that know the old shape out of service, and waits until their last transaction has ended. */
  readonly disableOld: () => Promise<void>;
  readonly enableOld: () => Promise<void>;
  /** Mends what these users' documents hold, through the old shape. */
  readonly repair: (users: readonly number[]) => Promise<number>;
  /** Compares what the application knows with what the database says. */
  readonly check: (shapes: Shapes) => Promise<OracleCheck>;
  /** Ends after the transactions that are open. */
  readonly stop: () => Promise<ApplicationStats>;
}
