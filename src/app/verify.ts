import { drainAll } from '../backfill/drain.ts';
import { compareShapes, countLossless } from '../verify/parity.ts';
import { checkTriggers, expectedTriggers } from '../verify/triggers.ts';
import { raw } from '../sql/sql.ts';
import { readServer } from '../catalog/read-server.ts';
import type { Journal, Run } from '../journal/journal.ts';
import type { PlannedMapping } from '../plan/plan.ts';
import type { VerifyDocument } from './documents.ts';
import type { Deps } from './deps.ts';
import { nothingToCompare, wrongPhaseFor } from './errors.ts';
import { onRun } from './read-run.ts';

/** Compares both shapes row by row and looks at our triggers; with `repair`, first brings what differs up to date from the old shape. */
export async function verify(
  deps: Deps,
  { migration, repair }: { readonly migration: string; readonly repair: boolean },
): Promise<VerifyDocument> {
  return await onRun(deps, migration, repair ? 'watch' : 'read', async (session, run, journal) => {
    const phase = run.phase;
    if (phase === null || phase === 'expand') throw wrongPhaseFor(run.migration, phase, 'backfill');
    if (phase === 'contract') throw nothingToCompare(run.migration);
    const done = new Set(
      (await journal.steps(session, run.id))
        .filter((s) => s.state === 'done' || s.state === 'running')
        .map((s) => s.step),
    );
    const mappings: VerifyDocument['mappings'][number][] = [];
    for (const mapping of run.plan.mappings) {
      const repaired: (number | null)[] = [];
      if (repair) repaired.push(...(await repairMapping(deps, journal, run, mapping)));
      const counts = await compareShapes(session, mapping);
      const lossless = await countLossless(session, mapping);
      const pending = await journal.pendingKeys(session, run.migration, mapping.id);
      counts.forEach((c, i) =>
        mappings.push({
          mapping: mapping.id,
          ...c,
          pending,
          ok: c.missing + c.extra + c.stale === 0,
          repaired: repaired[i] ?? null,
          columns: lossless[i] ?? [],
        }),
      );
    }
    const triggers = await checkTriggers(session, expectedTriggers(run.plan, done));
    return {
      schema: 'lockkeeper.verify/1',
      migration: run.migration,
      ok: mappings.every((m) => m.ok) && !triggers.length,
      mappings,
      triggers,
    };
  });
}

/** What differs takes the old shape's values. It gives way like every drain: a lock that is not had soon is asked for again. */
async function repairMapping(
  deps: Deps,
  journal: Journal,
  run: Run,
  mapping: PlannedMapping,
): Promise<(number | null)[]> {
  const { connect, emit, clock, signal } = deps;
  const read = await connect('read', run.migration);
  const server = await readServer(read).finally(() => read.close());
  const { deadlockTimeoutMs, maySetDeadlockTimeout } = server;
  const watch = await connect('watch', run.migration);
  const context = {
    session: watch,
    connect,
    journal,
    emit,
    clock,
    signal,
    run,
    plan: run.plan,
    deadlockTimeoutMs,
    maySetDeadlockTimeout,
  };
  try {
    const repaired: (number | null)[] = [];
    for (const { repair } of mapping.parity) {
      const [row] = repair === null ? [] : await watch.query<{ rows: number }>(raw(repair));
      repaired.push(row?.rows ?? null);
    }
    await drainAll(context, mapping);
    return repaired;
  } finally {
    await watch.close();
  }
}
