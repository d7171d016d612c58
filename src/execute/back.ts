import { isStopping, mappingOf, type RunContext } from '../backfill/context.ts';
import { drainAll } from '../backfill/drain.ts';
import { tryToRevive } from '../backfill/run-chunk.ts';
import { sweep } from '../backfill/sweep.ts';
import type { Limits } from '../backfill/throttle.ts';
import { phaseNames, type PhaseName } from '../events.ts';
import type {
  PlannedConcurrent,
  PlannedGate,
  PlannedPhase,
  PlannedSql,
  PlannedStatement,
  PlannedStep,
} from '../plan/plan.ts';
import { ident, sql } from '../sql/sql.ts';
import { sweepFailed } from './errors.ts';
import type { Outcome } from './forward.ts';
import { checkOurTriggers } from './our-triggers.ts';
import { outsideTransaction, runConcurrent } from './run-concurrent-step.ts';
import { runTransactional } from './run-sql-step.ts';

export interface BackOptions {
  /** The phase that is still done afterwards; null: everything is taken back. */
  readonly to: PhaseName | null;
  readonly limits: Limits;
}

/** Takes steps back in reverse, and only those that the journal says this run has begun: an undo must never touch what was there before. */
export async function runBack(c: RunContext, options: BackOptions): Promise<Outcome> {
  const keep = options.to === null ? [] : phaseNames.slice(0, phaseNames.indexOf(options.to) + 1);
  const readStates = async () => new Map((await c.journal.steps(c.session, c.run.id)).map((s) => [s.step, s.state]));
  const states = await readStates();
  for (const phase of [...c.plan.phases].reverse().filter((p) => !keep.includes(p.name))) {
    const begun = phase.steps.filter((s) => states.has(s.id) && states.get(s.id) !== 'undone');
    if (!begun.length) continue;
    // What new code wrote has to have arrived before its tables go.
    if (c.run.dualWritten && phase.name === 'dual-write') await checkOurTriggers(c, await readStates());
    c.emit({ type: 'phase.started', phase: phase.name, direction: 'back' });
    const started = c.clock.now();
    await leavePhase(c, phase);
    for (const step of begun.reverse()) {
      if (isStopping(c)) return { outcome: 'interrupted' };
      await undoStep(c, step, options);
      if (isStopping(c) && 'revive' in step && step.revive) return { outcome: 'interrupted' };
    }
    c.emit({ type: 'phase.finished', phase: phase.name, direction: 'back', ms: c.clock.now() - started });
  }
  // They are back from contract, also when that was cut short, and partitions may have come since.
  if (options.to !== null) await checkOurTriggers(c, await readStates());
  return { outcome: 'reached' };
}

/** Before anything of a phase is undone, it no longer counts as done. */
async function leavePhase(c: RunContext, phase: PlannedPhase): Promise<void> {
  const before = c.plan.phases[c.plan.phases.findIndex((p) => p.name === phase.name) - 1]?.name ?? null;
  await c.session.transaction(async () => {
    await c.journal.setPhase(c.session, c.run, before);
    if (phase.name === 'switch') await c.journal.setSwitched(c.session, c.run, null);
    await turnReads(c, phase.name);
    // An approval is for one passage.
    const gates = [`phase-${phase.name}`, ...phase.steps.flatMap((s) => (s.kind === 'gate' ? [s.gate] : []))];
    await c.session.query(
      sql`DELETE FROM ${ident(c.journal.schema)}.approval WHERE migration = ${c.run.migration} AND gate = ANY (${gates}::text[])`,
    );
  });
}

/** After contract everybody reads the new shape, and goes on so until the old one is up to date; before dual-write nobody may. */
async function turnReads(c: RunContext, leaving: PhaseName): Promise<void> {
  const percent = leaving === 'contract' ? 100 : leaving === 'dual-write' ? 0 : null;
  if (percent !== null && c.plan.mappings.length)
    await c.session.query(sql`SELECT ${ident(c.journal.schema)}.set_reads(${c.run.migration}, ${percent}::numeric)`);
}

async function undoStep(c: RunContext, step: PlannedStep, options: BackOptions): Promise<void> {
  const started = c.clock.now();
  if (step.kind === 'gate') return await undone(c, step);
  c.emit({ type: 'step.started', step: step.id, title: `Undo: ${step.title}`, kind: step.kind, direction: 'back' });
  const timing = await undo(c, step, options);
  c.emit({ type: 'step.finished', step: step.id, ms: c.clock.now() - started, direction: 'back', ...timing });
}

const untimed = { attempts: 1, lockWaitMs: 0, lockHeldMs: 0 };

async function undo(c: RunContext, step: Exclude<PlannedStep, PlannedGate>, options: BackOptions) {
  switch (step.kind) {
    case 'backfill': {
      // The copy stays until its table goes; the pages count as not visited, and what is captured meanwhile is kept up.
      const mapping = mappingOf(c.plan, step.mapping);
      await drainAll(c, mapping);
      await undone(c, step, async () => {
        for (const table of ['chunk', 'sweep'])
          await c.session.query(
            sql`DELETE FROM ${ident(c.journal.schema)}.${ident(table)} WHERE run = ${c.run.id} AND mapping = ${mapping.id} AND direction = 'forward'`,
          );
      });
      return untimed;
    }
    case 'concurrently':
      return await undoConcurrent(c, step);
    case 'ddl':
    case 'validate':
    case 'sync':
    case 'switch':
      return await undoSql(c, step, options);
  }
}

async function undoConcurrent(c: RunContext, step: PlannedConcurrent) {
  if (step.undo) await outsideTransaction(c, step.id, step.undo);
  await undone(c, step);
  return untimed;
}

async function undoSql(c: RunContext, step: PlannedSql, options: BackOptions) {
  const statement = (c.run.dualWritten ? step.undoKeepingData : null) ?? step.undo;
  if (!statement) {
    await undone(c, step);
    return untimed;
  }
  if (!step.revive)
    return await runTransactional(c, step.id, statement, async (t) => {
      await c.journal.recordStep(c.session, c.run.id, { step: step.id, state: 'undone', ...t });
      await c.journal.fence(c.session, c.run);
    });
  return await revive(c, step, statement, step.revive, options);
}

/** The column is back and synced at once; then every row takes what the new shape says now; then constraints return. Cut short anywhere, it goes on. */
async function revive(
  c: RunContext,
  step: PlannedSql,
  statement: PlannedStatement,
  how: NonNullable<PlannedSql['revive']>,
  options: BackOptions,
) {
  let timing = untimed;
  const marker = `${step.id}#revive`;
  const states = new Map((await c.journal.steps(c.session, c.run.id)).map((s) => [s.step, s.state]));
  const mapping = mappingOf(c.plan, how.mapping);
  if (states.get(marker) !== 'running')
    timing = await runTransactional(c, step.id, statement, async (t) => {
      await tryToRevive(c, mapping);
      await c.journal.recordStep(c.session, c.run.id, { step: marker, state: 'running', ...t });
      await c.journal.fence(c.session, c.run);
    });
  await sweep(c, mapping, 'back', options.limits, true).catch((error: unknown) => {
    throw sweepFailed(step.id, mapping.source.name, 'rollback', error);
  });
  // Rows that were written meanwhile may have moved to pages behind the sweep.
  await drainAll(c, mapping);
  if (isStopping(c)) return timing;
  // The journal knows from its marker that what bears these names is ours: a build that was cut short is dropped and done again.
  for (const index of how.rebuild ?? []) await runConcurrent(c, index, true, () => Promise.resolve());
  if (isStopping(c)) return timing;
  for (const [i, finish] of how.finish.entries()) {
    const part = `${marker}-${i}`;
    if (states.get(part) === 'done') continue;
    await runTransactional(c, step.id, finish, async (t) => {
      await c.journal.recordStep(c.session, c.run.id, { step: part, state: 'done', ...t });
      await c.journal.fence(c.session, c.run);
    });
  }
  await undone(c, step, async () => {
    await c.session.query(
      sql`DELETE FROM ${ident(c.journal.schema)}.step WHERE run = ${c.run.id} AND step LIKE ${`${marker.replace(/[\\%_]/g, '\\$&')}%`}`,
    );
    for (const table of ['chunk', 'sweep'])
      await c.session.query(
        sql`DELETE FROM ${ident(c.journal.schema)}.${ident(table)} WHERE run = ${c.run.id} AND mapping = ${how.mapping} AND direction = 'back'`,
      );
  });
  return timing;
}

async function undone(
  c: RunContext,
  step: PlannedStep,
  also: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await c.session.transaction(async () => {
    await also();
    await c.journal.recordStep(c.session, c.run.id, { step: step.id, state: 'undone', ...untimed });
    await c.journal.fence(c.session, c.run);
  });
}
