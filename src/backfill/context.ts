import type { Clock } from '../clock.ts';
import type { Connect, Session } from '../database/database.ts';
import type { Emit } from '../events.ts';
import type { Journal, Run } from '../journal/journal.ts';
import type { Plan, PlannedMapping } from '../plan/plan.ts';

/** What every part of a run works with. */
export interface RunContext {
  /** Holds the advisory lock; runs the steps. */
  readonly session: Session;
  readonly connect: Connect;
  readonly journal: Journal;
  readonly emit: Emit;
  readonly clock: Clock;
  /** Aborted: finish what is at hand, then stop. */
  readonly signal: AbortSignal;
  readonly run: Pick<Run, 'id' | 'token' | 'migration' | 'dualWritten'>;
  readonly plan: Plan;
  readonly deadlockTimeoutMs: number;
  readonly maySetDeadlockTimeout: boolean;
}

/** Asked anew each time: it changes under a running function. */
export const isStopping = ({ signal }: { readonly signal: AbortSignal }): boolean => signal.aborted;

export function mappingOf(plan: Plan, id: string | null): PlannedMapping {
  const found = plan.mappings.find((m) => m.id === id);
  if (!found) throw new Error(`The plan has no mapping ${String(id)}.`);
  return found;
}
