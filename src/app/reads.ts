import type { Session } from '../database/database.ts';
import { phaseNames } from '../events.ts';
import { rememberSwitch } from '../execute/forward.ts';
import type { Journal, Run } from '../journal/journal.ts';
import { ident, sql } from '../sql/sql.ts';
import type { Deps } from './deps.ts';
import { wrongPhaseFor } from './errors.ts';
import { onRun } from './read-run.ts';
import { refuseArchived } from './refuse-archived.ts';

export interface ReadsDocument {
  readonly schema: 'lockkeeper.reads/1';
  readonly migration: string;
  readonly percent: number;
}

/**
 * Moves a share of the reads to the new shape, by key; 0 moves them all back. Each time all reads are moved, use of the old shape is
 * counted from then on; when some are moved back, they have not been switched.
 */
export async function setReads(
  deps: Deps,
  { migration, percent }: { readonly migration: string; readonly percent: number },
): Promise<ReadsDocument> {
  return await onRun(deps, migration, 'watch', async (session, found, journal) => {
    await session.transaction(async () => {
      // A rollback that goes on meanwhile would leave reads with a shape that nobody keeps up.
      const run = (await journal.hold(session, found.migration)) ?? found;
      await refuseWrongPhase(session, run, journal);
      await session.query(sql`SELECT ${ident(journal.schema)}.set_reads(${run.migration}, ${percent}::numeric)`);
      if (percent < 100) await journal.setSwitched(session, run, null);
    });
    if (percent === 100) await rememberSwitch({ journal, session, plan: found.plan, run: found });
    return { schema: 'lockkeeper.reads/1', migration: found.migration, percent };
  });
}

async function refuseWrongPhase(session: Session, run: Run, journal: Journal): Promise<void> {
  const { phase } = run;
  if (phase === null || phaseNames.indexOf(phase) < phaseNames.indexOf('dual-write') || phase === 'contract')
    throw wrongPhaseFor(run.migration, phase, 'dual-write');
  await refuseArchived(session, run, journal);
}
