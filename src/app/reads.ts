import { phaseNames } from '../events.ts';
import { rememberSwitch } from '../execute/forward.ts';
import { isArchived } from '../execute/our-triggers.ts';
import { ident, sql } from '../sql/sql.ts';
import type { Deps } from './deps.ts';
import { betweenPhases, wrongPhaseFor } from './errors.ts';
import { onRun } from './read-run.ts';

export interface ReadsDocument {
  readonly schema: 'lockkeeper.reads/1';
  readonly migration: string;
  readonly percent: number;
}

/** Moves a share of the reads to the new shape, by key; 0 moves them all back. Each time all reads are moved, use of the old shape is counted from then on. */
export async function setReads(
  deps: Deps,
  { migration, percent }: { readonly migration: string; readonly percent: number },
): Promise<ReadsDocument> {
  return await onRun(deps, migration, 'watch', async (session, run, journal) => {
    if (
      run.phase === null ||
      phaseNames.indexOf(run.phase) < phaseNames.indexOf('dual-write') ||
      run.phase === 'contract'
    )
      throw wrongPhaseFor(run.migration, run.phase, 'dual-write');
    const states = new Map((await journal.steps(session, run.id)).map((s) => [s.step, s.state]));
    if (isArchived(run, states)) throw betweenPhases(run.migration);
    await session.query(sql`SELECT ${ident(journal.schema)}.set_reads(${run.migration}, ${percent}::numeric)`);
    if (percent === 100) await rememberSwitch({ journal, session, plan: run.plan, run });
    return { schema: 'lockkeeper.reads/1', migration: run.migration, percent };
  });
}
