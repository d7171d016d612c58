import type { Event, PhaseName } from '../events.ts';
import type { DemoReport } from '../report/demo-report.ts';

/** A gate that a person has to open. */
interface ClosedGate {
  readonly step: string;
  readonly gate: string;
  readonly why: string;
}

interface Applied {
  readonly outcome: 'reached' | 'waiting';
  readonly closedGates: readonly ClosedGate[];
}

type DemoVerification = Omit<DemoReport['verification'][number], 'when'>;

/** What the demonstration needs of the product, bound to its one migration: the same use cases that the commands call. */
export interface DemoEngine {
  readonly apply: (to: PhaseName) => Promise<Applied>;
  readonly rollback: (to: PhaseName) => Promise<void>;
  readonly verify: () => Promise<DemoVerification>;
  readonly quarantine: {
    /** How many rows are open now. */
    readonly list: () => Promise<{ readonly open: number }>;
    /** Accepts the loss of all that are open; returns how many those were. */
    readonly accept: () => Promise<number>;
  };
  readonly approve: (gate: string, note: string) => Promise<void>;
  /** Everything that happens, until the demonstration ends. */
  readonly onEvent: (listener: (event: Event) => void) => void;
}
