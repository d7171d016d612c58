import type { Session } from '../database/database.ts';
import { overlap } from '../execute/errors.ts';
import type { Journal, Run } from '../journal/journal.ts';
import type { Plan } from '../plan/plan.ts';
import type { RelationName } from '../sql/sql.ts';

/** Only in a turn of our own (`journal.takeTurn`): a run that begins meanwhile would not be seen. */
export async function refuseOverlap(session: Session, journal: Journal, plan: Plan): Promise<void> {
  const mine = touchedBy(plan);
  for (const other of await journal.runs(session)) {
    if (other.migration === plan.migration || !isOpen(other)) continue;
    const shared = touchedBy(other.plan).filter((r) => mine.some((m) => m.schema === r.schema && m.name === r.name));
    if (shared.length) throw overlap(plan.migration, other.migration, shared);
  }
}

/** The same for an archived column that goes: the table changes under whatever is open there, also under its own migration, which may yet have to go back. */
export async function refuseUnderOpen(
  session: Session,
  journal: Journal,
  { migration, table }: { readonly migration: string; readonly table: RelationName },
): Promise<void> {
  for (const other of await journal.runs(session))
    if (isOpen(other) && touchedBy(other.plan).some((r) => r.schema === table.schema && r.name === table.name))
      throw overlap(migration, other.migration, [table]);
}

const isOpen = ({ state }: Run): boolean => !['planned', 'done', 'rolledBack'].includes(state);

const touchedBy = (plan: Plan) => [...plan.fingerprints.map((f) => f.relation), ...plan.newTables];
