import type { RunContext } from '../backfill/context.ts';
import { drainAll, drainAndSettle } from '../backfill/drain.ts';
import { openExecutor } from '../execute/executor.ts';
import { begun, reinstallTriggers } from '../execute/our-triggers.ts';
import { compareShapes, countLossless } from '../verify/parity.ts';
import { checkTriggers, expectedTriggers } from '../verify/triggers.ts';
import { raw } from '../sql/sql.ts';
import { readServer } from '../catalog/read-server.ts';
import type { Journal, Run, StepState } from '../journal/journal.ts';
import type { PlannedMapping } from '../plan/plan.ts';
import type { VerifyDocument } from './documents.ts';
import type { Deps } from './deps.ts';
import { nothingToCompare, wrongPhaseFor } from './errors.ts';
import { onRun } from './read-run.ts';

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
    if (phase === 'contract') throw nothingToCompare(run.migration);
    const states = new Map((await journal.steps(session, run.id)).map((s) => [s.step, s.state]));
    const repaired = repair ? await mend(deps, journal, run, states) : new Map<string, (number | null)[]>();
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
    const triggers = await checkTriggers(session, expectedTriggers(run.plan, begun(states)));
    return {
      schema: 'lockkeeper.verify/1',
      migration: run.migration,
      ok: mappings.every((m) => m.ok) && !triggers.length,
      mappings,
      triggers,
    };
  });
}

/** Puts back triggers that were changed, under the lock that a run holds, and then makes what differs take the old shape's values. */
async function mend(
  deps: Deps,
  journal: Journal,
  run: Run,
  states: ReadonlyMap<string, StepState>,
): Promise<ReadonlyMap<string, (number | null)[]>> {
  const { connect, emit, clock, signal } = deps;
  const watch = await connect('watch', run.migration);
  try {
    const { deadlockTimeoutMs, maySetDeadlockTimeout } = await readServer(watch);
    const known = { connect, journal, emit, clock, signal, run, plan: run.plan };
    const context = { ...known, session: watch, deadlockTimeoutMs, maySetDeadlockTimeout };
    if ((await checkTriggers(watch, expectedTriggers(run.plan, begun(states)))).length) {
      const executor = await openExecutor(connect, journal, run.migration, { takeOver: false, clock });
      await reinstallTriggers({ ...context, session: executor }, states).finally(() => executor.close());
    }
    // While every writer is captured, what a drain misses is on the list already: there is nothing to wait for.
    const done = begun(states);
    const isCaptured = !run.plan.phases.some((p) => p.name === 'dual-write' && p.steps.some((s) => done.has(s.id)));
    const drain = isCaptured ? drainAll : drainAndSettle;
    const repaired = new Map<string, (number | null)[]>();
    for (const mapping of run.plan.mappings) repaired.set(mapping.id, await repairMapping(context, mapping, drain));
    return repaired;
  } finally {
    await watch.close();
  }
}

/** It gives way like every drain: a lock that is not had soon is asked for again. */
async function repairMapping(
  context: RunContext,
  mapping: PlannedMapping,
  drain: typeof drainAll,
): Promise<(number | null)[]> {
  const repaired: (number | null)[] = [];
  for (const { repair } of mapping.parity) {
    const [row] = repair === null ? [] : await context.session.query<{ rows: number }>(raw(repair));
    repaired.push(row?.rows ?? null);
  }
  await drain(context, mapping);
  return repaired;
}
