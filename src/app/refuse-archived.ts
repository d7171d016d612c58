import type { Session } from '../database/database.ts';
import { isArchived } from '../execute/our-triggers.ts';
import type { Journal, Run } from '../journal/journal.ts';
import { betweenPhases, nothingToCompare } from './errors.ts';

/** The old shape must be there, and kept up. */
export async function refuseArchived(session: Session, run: Run, journal: Journal): Promise<void> {
  if (run.phase === 'contract') throw nothingToCompare(run.migration);
  const states = new Map((await journal.steps(session, run.id)).map((s) => [s.step, s.state]));
  if (isArchived(run, states)) throw betweenPhases(run.migration);
}
