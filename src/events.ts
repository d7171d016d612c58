export const phaseNames = ['expand', 'backfill', 'dual-write', 'switch', 'contract'] as const;
export type PhaseName = (typeof phaseNames)[number];

/** A session that stands between us and a lock or a horizon. Never its statement's values. */
export interface Blocker {
  readonly pid: number;
  readonly user: string | null;
  readonly application: string | null;
  readonly state: string | null;
  readonly transactionMs: number | null;
}

/** Why the backfill is not going faster, or null when nothing holds it back. */
export type Throttle =
  'rows-per-second' | 'replica-lag' | 'lock-waits' | 'oldest-transaction' | 'wal-rate' | 'paused' | null;

/** Everything that happens, as data. The terminal, JSON lines, the journal and any dashboard all listen to this one stream. */
export type Event =
  /** The executor holds the migration and starts, or goes on. */
  | {
      readonly type: 'run.started';
      readonly migration: string;
      readonly planHash: string;
      readonly to: PhaseName;
      readonly direction: 'forward' | 'back';
    }
  | { readonly type: 'run.paused'; readonly migration: string }
  | { readonly type: 'run.resumed'; readonly migration: string }
  /** The phase asked for is reached, or the run stopped at a gate, was interrupted or failed. */
  | {
      readonly type: 'run.finished';
      readonly migration: string;
      readonly outcome: 'reached' | 'waiting' | 'interrupted' | 'failed';
      readonly phase: PhaseName | null;
      readonly ms: number;
    }
  | { readonly type: 'phase.started'; readonly phase: PhaseName; readonly direction: 'forward' | 'back' }
  | {
      readonly type: 'phase.finished';
      readonly phase: PhaseName;
      readonly direction: 'forward' | 'back';
      readonly ms: number;
    }
  | {
      readonly type: 'step.started';
      readonly step: string;
      readonly title: string;
      readonly kind: string;
      readonly direction: 'forward' | 'back';
    }
  /** A lock was not had in time: the step stepped aside and tries again. */
  | {
      readonly type: 'step.waiting';
      readonly step: string;
      readonly attempt: number;
      readonly because: string;
      readonly blockers: readonly Blocker[];
      readonly nextTryMs: number;
    }
  | {
      readonly type: 'step.finished';
      readonly step: string;
      readonly attempts: number;
      readonly ms: number;
      readonly lockWaitMs: number;
      readonly lockHeldMs: number;
      readonly direction: 'forward' | 'back';
    }
  /** At most once a second for each mapping, and once at the end. */
  | {
      readonly type: 'backfill.progressed';
      readonly mapping: string;
      readonly rowsDone: number;
      readonly rowsTotal: number;
      readonly rowsPerSecond: number;
      readonly secondsLeft: number | null;
      readonly throttle: Throttle;
    }
  /** Rows captured while the backfill ran have been brought up to date. */
  | { readonly type: 'drain.progressed'; readonly mapping: string; readonly drained: number; readonly pending: number }
  /** Waiting until every transaction that began before a change of mode has ended. */
  | { readonly type: 'horizon.waiting'; readonly mapping: string; readonly blockers: readonly Blocker[] }
  | { readonly type: 'quarantine.found'; readonly mapping: string; readonly rows: number }
  | { readonly type: 'gate.opened'; readonly step: string; readonly gate: string; readonly why: string }
  | {
      readonly type: 'gate.closed';
      readonly step: string;
      readonly gate: string;
      readonly why: string;
      readonly opensBy: string;
    }
  /** Published pages say by now what has happened. */
  | {
      readonly type: 'pages.updated';
      readonly migration: string;
      readonly workspace: string;
      readonly changed: number;
    }
  /** They do not, and will when they are updated the next time; the run goes on. */
  | { readonly type: 'pages.failed'; readonly migration: string; readonly workspace: string; readonly why: string };

export type Emit = (event: Event) => void;
