import type { Blocker, PhaseName, Throttle } from '../events.ts';
import type { RunState, StepState } from '../journal/journal.ts';

/** Where one migration stands. Printed by `status --json`. */
export interface StatusDocument {
  readonly schema: 'lockkeeper.status/1';
  readonly migrations: readonly MigrationStatus[];
}

export interface MigrationStatus {
  readonly migration: string;
  /** null: never planned on this database. */
  readonly planHash: string | null;
  /** The last phase that is done. */
  readonly phase: PhaseName | null;
  readonly state: RunState | 'pending';
  readonly reason: string | null;
  readonly phases: readonly { readonly name: PhaseName; readonly done: boolean }[];
  readonly steps: readonly {
    readonly id: string;
    readonly phase: PhaseName;
    readonly kind: string;
    readonly title: string;
    readonly state: StepState | 'pending';
    readonly attempts: number;
    readonly lockWaitMs: number;
    readonly lockHeldMs: number;
  }[];
  readonly backfill: readonly {
    readonly mapping: string;
    readonly rowsDone: number;
    readonly rowsTotal: number;
    readonly rowsPerSecond: number | null;
    readonly secondsLeft: number | null;
    readonly throttle: Throttle;
  }[];
  readonly gates: readonly GateStatus[];
  readonly reads: { readonly percent: number };
  readonly quarantine: { readonly open: number; readonly accepted: number };
  readonly executor: {
    readonly host: string;
    readonly process: number;
    readonly backend: number;
    readonly since: string;
    readonly alive: boolean;
  } | null;
  readonly updatedAt: string | null;
}

export interface GateStatus {
  readonly id: string;
  readonly phase: PhaseName;
  readonly gate: string;
  readonly open: boolean;
  readonly why: string;
  readonly opensBy: string;
}

/** How `apply` or `rollback` ended. */
export interface RunDocument {
  readonly schema: 'lockkeeper.run/1';
  readonly migration: string;
  readonly planHash: string;
  readonly direction: 'forward' | 'back';
  readonly outcome: 'reached' | 'waiting' | 'interrupted';
  /** The last phase that is done now. */
  readonly phase: PhaseName | null;
  /** Gates that stopped it; empty unless `waiting`. */
  readonly closedGates: readonly GateStatus[];
  /** A migration that follows this one, such as the second rename of a type change. */
  readonly next: readonly string[];
  readonly ms: number;
}

/** What `verify` found. */
export interface VerifyDocument {
  readonly schema: 'lockkeeper.verify/1';
  readonly migration: string;
  readonly ok: boolean;
  readonly mappings: readonly {
    readonly mapping: string;
    readonly title: string;
    readonly compared: number;
    readonly missing: number;
    readonly extra: number;
    readonly stale: number;
    readonly quarantined: number;
    /** Captured writes that are not drained yet; they are not counted as differences. */
    readonly pending: number;
    readonly ok: boolean;
    readonly repaired: number | null;
    readonly columns: readonly {
      readonly column: string;
      readonly exact: number;
      readonly defaultFilled: number;
      readonly lost: number;
    }[];
  }[];
  /** Triggers that are missing, disabled or changed. */
  readonly triggers: readonly { readonly name: string; readonly problem: string }[];
}

export interface QuarantineDocument {
  readonly schema: 'lockkeeper.quarantine/1';
  readonly migration: string;
  readonly open: number;
  readonly accepted: number;
  readonly settled: number;
  /** Never values: the key stays in the database unless the terminal asked for it. */
  readonly groups: readonly {
    readonly target: string;
    readonly column: string;
    readonly type: string;
    readonly reason: string;
    readonly state: string;
    readonly rows: number;
  }[];
  readonly values?: readonly {
    readonly id: number;
    readonly key: unknown;
    readonly column: string;
    readonly reason: string;
    readonly original: unknown;
    readonly state: string;
  }[];
}

export interface ArchiveDocument {
  readonly schema: 'lockkeeper.archive/1';
  readonly archives: readonly {
    readonly id: number;
    readonly migration: string;
    readonly kind: 'column' | 'table';
    readonly relation: string;
    readonly originalName: string;
    readonly archivedName: string;
    readonly archivedAt: string;
  }[];
}

/** Before the first change: where it would happen. */
export interface TargetSummary {
  readonly host: string;
  readonly database: string;
  readonly user: string;
  readonly serverVersion: string;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  readonly blockers?: readonly Blocker[];
}
