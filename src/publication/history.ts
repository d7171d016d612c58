import type { Event } from '../events.ts';
import type { Plan, PlannedStep } from '../plan/plan.ts';
import type { MigrationStatus, Quarantine } from '../report/document-schemas.ts';

/** What the journal says of a migration. Counts and names, never a value of a row. */
export interface History {
  readonly status: MigrationStatus;
  /** When each step was last begun and ended, by its id. */
  readonly times: ReadonlyMap<string, StepTimes>;
  /** What people want to be told of, oldest first. */
  readonly events: readonly Recorded[];
  readonly quarantine: Quarantine['groups'];
  readonly switchedAt: string | null;
  /** Columns that contract archived and nobody has dropped for good. */
  readonly archives: number;
  /** The migrations that have to follow, and whether each is done. */
  readonly followUps: readonly { readonly migration: string; readonly done: boolean }[];
}

export interface StepTimes {
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

export interface Recorded {
  readonly at: string;
  readonly event: Event;
}

export const isDone = ({ status }: History, { id }: PlannedStep): boolean =>
  status.steps.some((step) => step.id === id && step.state === 'done');

/** Begun, and not taken back. */
export const hasBegun = ({ status }: History, { id }: PlannedStep): boolean =>
  status.steps.some((step) => step.id === id && step.state !== 'pending' && step.state !== 'undone');

/** What a gate that was passed, or that stopped the run, said last; null once its phase was taken back. */
export function gateEvent({ events }: History, { id, phase }: PlannedStep) {
  let said: { readonly at: string; readonly isOpen: boolean; readonly why: string } | null = null;
  let back = false;
  for (const { at, event } of events) {
    if (event.type === 'run.started') back = event.direction === 'back';
    else if (event.type === 'phase.finished' && event.phase === phase && back) said = null;
    else if ((event.type === 'gate.opened' || event.type === 'gate.closed') && event.step === id)
      said = { at, isOpen: event.type === 'gate.opened', why: shortened(event.why) };
  }
  return said;
}

/** A statement's text is not for everybody who may read a page, and what is not there need not be counted. */
export const shortened = (why: string): string =>
  why.replace(/, for example: [^]*$/u, '').replaceAll(', 0 missing, 0 extra, 0 stale', ', no difference');

/** How much of a plan is done, in percent and rounded down: 100 is all of it. A backfill counts by its rows. */
export function percentDone({ phases }: Plan, history: History): number {
  const steps = phases.flatMap((phase) => phase.steps);
  const done = steps.reduce((sum, step) => sum + shareDone(step, history), 0);
  return steps.length ? Math.floor((100 * done) / steps.length) : 0;
}

function shareDone(step: PlannedStep, history: History): number {
  if (isDone(history, step)) return 1;
  if (step.kind !== 'backfill' || !hasBegun(history, step)) return 0;
  const fill = history.status.backfill.find(({ mapping }) => mapping === step.mapping);
  return fill && fill.rowsTotal > 0 ? Math.min(0.99, fill.rowsDone / fill.rowsTotal) : 0;
}
