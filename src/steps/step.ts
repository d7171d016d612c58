import type { PhaseName } from '../events.ts';
import type { RelationName, Sql } from '../sql/sql.ts';

/** PostgreSQL's table lock modes, weakest first. */
export const lockModes = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const;
export type LockMode = (typeof lockModes)[number];

/** The strongest lock a statement takes on one relation in use, and for how long: `instant`, while a `scan` reads the table, or while an index `build`s. */
export interface Lock {
  readonly relation: RelationName;
  readonly mode: LockMode;
  readonly holds: 'instant' | 'scan' | 'build' | 'chunk';
}

export type RiskLevel = 'low' | 'medium' | 'high';

export interface Risk {
  readonly level: RiskLevel;
  readonly because: string;
  readonly mitigation: string;
}

export interface Statement {
  readonly sql: Sql;
  readonly locks: readonly Lock[];
}

/** A trigger that must be there, ENABLE ALWAYS, with this function body, once the step that installs it is done. */
export interface Installed {
  readonly relation: RelationName;
  readonly trigger: string;
  readonly function: RelationName;
  /** md5 of pg_proc.prosrc. */
  readonly bodyMd5: string;
  /** pg_trigger.tgtype: what it fires for, and when. */
  readonly type: number;
  /** Its function has settings of its own for reading and writing values as text. */
  readonly pinned?: boolean;
  /** A trigger for TRUNCATE, which PostgreSQL does not hand down: the partitioned table whose leaves all need one, and how a new leaf gets it. */
  readonly leavesOf?: { readonly table: RelationName; readonly create: string };
}

/** The way back from contract: a sweep, then indexes that only fit what it wrote, then statements, each in a transaction of its own. */
export interface Revival {
  readonly mapping: string;
  readonly rebuild: readonly ConcurrentStep[];
  readonly finish: readonly Statement[];
}

interface StepBase {
  /** Unique within its phase, stable between plans; the plan turns it into `expand/03-create-user_preferences`. */
  readonly slug: string;
  readonly title: string;
  readonly risk: Risk;
}

/** SQL in one transaction, together with its journal row. */
export interface SqlStep extends StepBase, Statement {
  readonly kind: 'ddl' | 'validate' | 'sync' | 'switch';
  /** null: nothing to take back. */
  readonly undo: Statement | null;
  /** Used instead of `undo` once new code may have written through the new shape: keeps the data. */
  readonly undoKeepingData?: Statement;
  readonly installs?: readonly Installed[];
  /** Before, drain what was captured so far (mapping id). */
  readonly drainFirst?: string;
  /** Afterwards, drain what was captured and wait for older transactions until nothing is left (mapping id). */
  readonly settle?: string;
  /** On the way back, after `undo`: the old shape takes the new shape's current values. */
  readonly revive?: Revival;
}

/** A statement that cannot run in a transaction. `done` decides whether it has happened; `clean` removes what a failed try left. */
export interface ConcurrentStep extends StepBase, Statement {
  readonly kind: 'concurrently';
  readonly undo: Statement | null;
  /** SELECT one boolean column `done`. */
  readonly done: Sql;
  /** Removes an invalid leftover of our own; run before every try. SELECT-able condition is inside. */
  readonly clean: { readonly when: Sql; readonly sql: Sql } | null;
  /** SELECT one boolean `free`: false when something that is not ours has the name. */
  readonly free: Sql;
}

/** Copies or fills every existing row, in chunks. */
export interface BackfillStep extends StepBase {
  readonly kind: 'backfill';
  readonly mapping: string;
  readonly locks: readonly Lock[];
}

export type GateKind = 'parity' | 'quarantine' | 'soak' | 'backup' | 'old-shape-unused' | 'contract-approval';

/** A condition that must hold before what follows it. */
export interface GateStep extends StepBase {
  readonly kind: 'gate';
  readonly gate: GateKind;
  /** For parity, quarantine and use of the old shape: which mapping. */
  readonly mapping?: string;
  /** For a soak: how long reads must have been switched. */
  readonly soakMs?: number;
}

export type Step = SqlStep | ConcurrentStep | BackfillStep | GateStep;

/** What one operation contributes to each phase. */
export type Phases = Readonly<Record<PhaseName, readonly Step[]>>;

export const noSteps: Phases = { expand: [], backfill: [], 'dual-write': [], switch: [], contract: [] };
