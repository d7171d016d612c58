import type { Session } from '../database/database.ts';
import { overlap } from '../execute/errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Plan } from '../plan/plan.ts';

/** Only in a turn of our own (`journal.takeTurn`): a run that begins meanwhile would not be seen. */
export async function refuseOverlap(session: Session, journal: Journal, plan: Plan): Promise<void> {
  const mine = touchedBy(plan);
  for (const other of await journal.runs(session)) {
    if (other.migration === plan.migration || ['planned', 'done', 'rolledBack'].includes(other.state)) continue;
    const shared = touchedBy(other.plan).filter((r) => mine.some((m) => m.schema === r.schema && m.name === r.name));
    if (shared.length) throw overlap(plan.migration, other.migration, shared);
  }
}

const touchedBy = (plan: Plan) => [...plan.fingerprints.map((f) => f.relation), ...plan.newTables];
