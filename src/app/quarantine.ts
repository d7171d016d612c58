import type { Session } from '../database/database.ts';
import type { Journal, Run } from '../journal/journal.ts';
import { ident, raw, sql } from '../sql/sql.ts';
import type { QuarantineDocument } from './documents.ts';
import type { Deps } from './deps.ts';
import { wrongPhaseFor } from './errors.ts';
import { onRun } from './read-run.ts';
import { refuseArchived } from './refuse-archived.ts';

const AT_MOST = 200;

/** What does not fit, grouped by place, type and reason; values only when this terminal asked for them. */
export const listQuarantine = (
  deps: Deps,
  { migration, showValues }: { readonly migration: string; readonly showValues: boolean },
): Promise<QuarantineDocument> =>
  onRun(deps, migration, 'read', (session, run, journal) => describeQuarantine(session, run, journal, showValues));

/** Looks at the old shape again: what fits by now is settled, what does not is open. */
export const retryQuarantine = (
  deps: Deps,
  { migration }: { readonly migration: string },
): Promise<QuarantineDocument> =>
  onRun(deps, migration, 'watch', async (session, run, journal) => {
    await lookAgain(session, run, journal);
    return await describeQuarantine(session, run, journal, false);
  });

/** A person takes responsibility for what is open: the new shape keeps its fallback, the original stays with the archived column until it is purged. */
export const acceptQuarantine = (
  deps: Deps,
  { migration, note }: { readonly migration: string; readonly note?: string },
): Promise<QuarantineDocument> =>
  onRun(deps, migration, 'watch', async (session, run, journal) => {
    await lookAgain(session, run, journal);
    await session.query(sql`
      UPDATE ${ident(journal.schema)}.quarantine SET state = 'accepted', settled_at = now(), settled_by = session_user, note = ${note ?? null}
       WHERE migration = ${run.migration} AND state = 'open'`);
    return await describeQuarantine(session, run, journal, false);
  });

async function lookAgain(session: Session, run: Run, journal: Journal): Promise<void> {
  if (run.phase === null && run.plan.mappings.length) throw wrongPhaseFor(run.migration, null, 'expand');
  await refuseArchived(session, run, journal);
  for (const mapping of run.plan.mappings) await session.query(raw(mapping.requarantine));
}

export async function describeQuarantine(
  session: Session,
  run: Pick<Run, 'migration'>,
  journal: Journal,
  showValues: boolean,
): Promise<QuarantineDocument> {
  const quarantine = sql`${ident(journal.schema)}.quarantine WHERE migration = ${run.migration}`;
  const groups = await session.query<QuarantineDocument['groups'][number]>(sql`
    SELECT target, column_name AS "column", coalesce(jsonb_typeof(original), 'null') AS type, reason, state, count(*) AS rows
      FROM ${quarantine} GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC, 1, 2, 3, 4, 5`);
  const count = (state: string) => groups.filter((g) => g.state === state).reduce((sum, g) => sum + g.rows, 0);
  const document = {
    schema: 'lockkeeper.quarantine/1' as const,
    migration: run.migration,
    open: count('open'),
    accepted: count('accepted'),
    settled: count('settled'),
    groups,
  };
  if (!showValues) return document;
  const values = await session.query<NonNullable<QuarantineDocument['values']>[number]>(sql`
    SELECT id, key, column_name AS "column", reason, original, state FROM ${quarantine} AND state <> 'settled' ORDER BY id LIMIT ${AT_MOST}`);
  return { ...document, values };
}
