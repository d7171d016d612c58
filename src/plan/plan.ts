import type { AffectedStatement } from '../catalog/affected-statement.ts';
import type { Dependant } from '../catalog/catalog.ts';
import type { PhaseName } from '../events.ts';
import type { DataMove } from '../operations/operation.ts';
import type { RelationName } from '../sql/sql.ts';
import type { GateKind, Installed, Lock, Risk } from '../steps/step.ts';

/** SQL as text: a plan can be printed, stored, hashed and sent, and what is printed is what runs. */
export interface PlannedStatement {
  readonly sql: string;
  readonly locks: readonly Lock[];
}

/** How long something is expected to take, and what that rests on. */
export interface Estimate {
  readonly seconds: number | null;
  readonly basis: string;
}

interface PlannedBase {
  /** `expand/03-create-user_preferences`: stable between plans of the same migration. */
  readonly id: string;
  readonly phase: PhaseName;
  readonly title: string;
  readonly risk: Risk;
  readonly estimate: Estimate;
}

export interface PlannedSql extends PlannedBase, PlannedStatement {
  readonly kind: 'ddl' | 'validate' | 'sync' | 'switch';
  readonly undo: PlannedStatement | null;
  readonly undoKeepingData: PlannedStatement | null;
  readonly installs: readonly Installed[];
  readonly drainFirst: string | null;
  readonly settle: string | null;
  readonly revive: {
    readonly mapping: string;
    /** Absent in plans that were stored before it was known. */
    readonly rebuild?: readonly PlannedConcurrent[];
    readonly finish: readonly PlannedStatement[];
  } | null;
}

export interface PlannedConcurrent extends PlannedBase, PlannedStatement {
  readonly kind: 'concurrently';
  readonly undo: PlannedStatement | null;
  readonly done: string;
  readonly free: string;
  readonly clean: { readonly when: string; readonly sql: string } | null;
}

export interface PlannedBackfill extends PlannedBase {
  readonly kind: 'backfill';
  readonly mapping: string;
  readonly locks: readonly Lock[];
}

export interface PlannedGate extends PlannedBase {
  readonly kind: 'gate';
  readonly gate: GateKind;
  readonly mapping: string | null;
  readonly soakMs: number | null;
}

export type PlannedStep = PlannedSql | PlannedConcurrent | PlannedBackfill | PlannedGate;

export interface PlannedPhase {
  readonly name: PhaseName;
  readonly goal: string;
  readonly steps: readonly PlannedStep[];
}

/** A mapping with its SQL as text. Field meanings: mappings/mapping.ts. */
export interface PlannedMapping {
  readonly id: string;
  readonly kind: 'table' | 'column';
  readonly source: RelationName;
  readonly column: string;
  readonly targets: readonly RelationName[];
  readonly key: readonly string[];
  readonly leaf: RelationName;
  readonly chunk: string;
  readonly chunkCarefully: string | null;
  readonly drain: string | null;
  readonly revive: readonly string[];
  readonly mend: string | null;
  readonly parity: readonly {
    readonly title: string;
    readonly counts: string;
    readonly lossless: string;
    readonly repair: string | null;
  }[];
  readonly misfits: string;
  readonly requarantine: string;
  readonly unfilled?: string;
  readonly oldWrites: RelationName | null;
}

/** A touched relation as it was when the plan was made: columns, constraints, indexes and triggers, without sizes. */
export interface Fingerprint {
  readonly relation: RelationName;
  readonly exists: boolean;
  /** SHA-256 over the canonical JSON of its shape. */
  readonly shape: string;
}

export interface Impact {
  /** null: pg_stat_statements is not there, so it is not known. */
  readonly statements: readonly AffectedStatement[] | null;
  readonly statementsWhy: string;
  readonly dependants: readonly (Dependant & { readonly table: RelationName })[];
}

/** Values that would not fit, found before the run. */
export interface Misfit {
  readonly mapping: string;
  readonly column: string;
  readonly type: string;
  readonly reason: string;
  readonly rows: number;
}

export interface TableSummary {
  readonly relation: RelationName;
  readonly rows: number;
  readonly bytes: number;
  readonly indexBytes: number;
  readonly writesPerSecond: number | null;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly notNull: boolean;
    readonly default: string | null;
  }[];
  readonly constraints: readonly string[];
  readonly indexes: readonly string[];
  readonly risk: Risk;
}

/** A migration compiled against one database. */
export interface Plan {
  readonly schema: 'lockkeeper.plan/1';
  readonly migration: string;
  /** SHA-256 over migration, step ids, SQL, locks, gates and undo: equal on staging and production, whatever their sizes. */
  readonly planHash: string;
  /** The authored document, as read. */
  readonly document: unknown;
  readonly journal: string;
  readonly serverMajor: number;
  readonly phases: readonly PlannedPhase[];
  readonly mappings: readonly PlannedMapping[];
  readonly summary: string;
  readonly tables: readonly TableSummary[];
  readonly newTables: readonly RelationName[];
  readonly removed: readonly { readonly table: RelationName; readonly column: string; readonly replacedBy: string }[];
  readonly moves: readonly DataMove[];
  readonly risks: readonly Risk[];
  readonly notes: readonly string[];
  readonly impact: Impact;
  readonly misfits: readonly Misfit[] | null;
  /** What is missing to run it, with the GRANT to type. */
  readonly missing: readonly { readonly what: string; readonly grant: string }[];
  readonly fingerprints: readonly Fingerprint[];
}
