import { isStopping, type RunContext } from '../backfill/context.ts';
import { drainAll, drainAndSettle } from '../backfill/drain.ts';
import { mendPages } from '../backfill/mend.ts';
import { openExecutor } from '../execute/executor.ts';
import { begun, isArchived, reinstallTriggers } from '../execute/our-triggers.ts';
import { compareShapes, countLossless, isExact } from '../verify/parity.ts';
import { checkTriggers, expectedTriggers } from '../verify/triggers.ts';
import { raw } from '../sql/sql.ts';
import { readServer } from '../catalog/read-server.ts';
import type { Queryable, Session } from '../database/database.ts';
import type { Journal, Run } from '../journal/journal.ts';
import type { PlannedMapping } from '../plan/plan.ts';
import type { VerifyDocument } from './documents.ts';
import type { Deps } from './deps.ts';
import { betweenPhases, wrongPhaseFor } from './errors.ts';
import { onRun } from './read-run.ts';
import { refuseArchived } from './refuse-archived.ts';

/**
 * Compares both shapes row by row and looks at our triggers; with `repair`, first puts the triggers back and brings what differs up
 * to date from the old shape.
 */
export async function verify(
  deps: Deps,
  { migration, repair }: { readonly migration: string; readonly repair: boolean },
): Promise<VerifyDocument> {
  return await onRun(deps, migration, repair ? 'watch' : 'read', async (session, run, journal) => {
    const phase = run.phase;
    if (phase === null || (phase === 'expand' && !repair)) throw wrongPhaseFor(run.migration, phase, 'backfill');
    await refuseArchived(session, run, journal);
    const repaired = repair ? await mend(deps, journal, run) : new Map<string, (number | null)[]>();
    const mappings: VerifyDocument['mappings'][number][] = [];
    for (const mapping of run.plan.mappings) {
      const counts = await compareShapes(session, mapping);
      const lossless = await countLossless(session, mapping);
      const pending = await journal.pendingKeys(session, run.migration, mapping.id);
      counts.forEach((c, i) =>
        mappings.push({
          mapping: mapping.id,
          ...c,
          pending,
          ok: c.missing + c.extra + c.stale === 0,
          repaired: repaired.get(mapping.id)?.[i] ?? null,
          columns: lossless[i] ?? [],
        }),
      );
    }
    const triggers = await changedTriggers(journal, session, run);
    return {
      schema: 'lockkeeper.verify/1',
      migration: run.migration,
      ok: mappings.every((m) => m.ok) && !triggers.length,
      mappings,
      triggers,
    };
  });
}

const readStates = async (journal: Journal, db: Queryable, { id }: Pick<Run, 'id'>) =>
  new Map((await journal.steps(db, id)).map((s) => [s.step, s.state]));

const changedTriggers = async (journal: Journal, db: Queryable, run: Run) =>
  await checkTriggers(db, expectedTriggers(run.plan, begun(await readStates(journal, db, run))));

/** Puts back triggers that were changed, and then makes what differs take the old shape's values. */
async function mend(deps: Deps, journal: Journal, found: Run): Promise<ReadonlyMap<string, (number | null)[]>> {
  const watch = await deps.connect('watch', found.migration);
  try {
    const { connect, emit, clock, signal } = deps;
    const { deadlockTimeoutMs, maySetDeadlockTimeout } = await readServer(watch);
    const known = { connect, emit, clock, signal, journal, deadlockTimeoutMs, maySetDeadlockTimeout };
    const contextOf = (run: Run, session: Session): RunContext => ({ ...known, session, run, plan: run.plan });
    if ((await changedTriggers(journal, watch, found)).length) await mendTriggers(deps, journal, found, contextOf);
    const run = (await journal.run(watch, found.migration)) ?? found;
    const states = await readStates(journal, watch, run);
    if (isArchived(run, states)) throw betweenPhases(run.migration);
    // While every writer is captured, what a drain misses is on the list already: there is nothing to wait for.
    const done = begun(states);
    const isCaptured = !run.plan.phases.some((p) => p.name === 'dual-write' && p.steps.some((s) => done.has(s.id)));
    const drain = isCaptured ? drainAll : drainAndSettle;
    const repaired = new Map<string, (number | null)[]>();
    for (const mapping of run.plan.mappings)
      repaired.set(mapping.id, await repairMapping(contextOf(run, watch), mapping, drain));
    return repaired;
  } finally {
    await watch.close();
  }
}

/** Under the lock that a run holds: what there is to put back is asked again then, since somebody may have gone on meanwhile. */
async function mendTriggers(
  { connect, clock }: Deps,
  journal: Journal,
  found: Run,
  contextOf: (run: Run, session: Session) => RunContext,
): Promise<void> {
  const executor = await openExecutor(connect, journal, found.migration, { takeOver: false, clock });
  try {
    const run = (await journal.run(executor, found.migration)) ?? found;
    const states = await readStates(journal, executor, run);
    if (isArchived(run, states)) throw betweenPhases(run.migration);
    await reinstallTriggers(contextOf(run, executor), states);
  } finally {
    await executor.close();
  }
}

/** It gives way like every drain: a lock that is not had soon is asked for again. */
async function repairMapping(
  context: RunContext,
  mapping: PlannedMapping,
  drain: typeof drainAll,
): Promise<(number | null)[]> {
  // A plan of an older program has none, and repairs by a statement over the whole table.
  if (mapping.mend) return [await mendColumn(context, mapping, mapping.mend)];
  const repaired: (number | null)[] = [];
  for (const { repair } of mapping.parity) {
    const [row] = repair === null ? [] : await context.session.query<{ rows: number }>(raw(repair));
    repaired.push(row?.rows ?? null);
  }
  await drain(context, mapping);
  return repaired;
}

/** Rows that the application moved from one page to another meanwhile may have been missed. */
const MAX_ROUNDS = 5;

async function mendColumn(context: RunContext, mapping: PlannedMapping, statement: string): Promise<number> {
  let mended = 0;
  for (let round = 1; round <= MAX_ROUNDS && !isStopping(context); round++) {
    mended += await mendPages(context, mapping, statement);
    if (isExact(await compareShapes(context.session, mapping))) break;
  }
  return mended;
}
