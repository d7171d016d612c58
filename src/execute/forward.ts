import { isStopping, mappingOf, type RunContext } from '../backfill/context.ts';
import { drainAll, drainAndSettle, settle } from '../backfill/drain.ts';
import { sweep } from '../backfill/sweep.ts';
import type { Limits } from '../backfill/throttle.ts';
import { isForeignKeyViolation } from '../database/sqlstate.ts';
import { LockkeeperError } from '../errors.ts';
import { phaseNames, type PhaseName } from '../events.ts';
import type { StepState } from '../journal/journal.ts';
import type {
  PlannedBackfill,
  PlannedConcurrent,
  PlannedGate,
  PlannedPhase,
  PlannedSql,
  PlannedStep,
} from '../plan/plan.ts';
import { readOldShapeUse } from '../verify/old-shape.ts';
import { refuseDrift, rememberShapes } from './drift.ts';
import { sweepFailed } from './errors.ts';
import { checkGate, type GateContext, type GateVerdict } from './gates.ts';
import { checkOurTriggers } from './our-triggers.ts';
import { runConcurrent } from './run-concurrent-step.ts';
import { runTransactional, type Timing } from './run-sql-step.ts';

export interface ClosedGate extends GateVerdict {
  readonly id: string;
  readonly phase: PhaseName;
  readonly gate: string;
}

export interface ForwardOptions {
  readonly to: PhaseName;
  readonly limits: Limits;
  readonly fireTriggers: boolean;
  /** Asked before each phase, besides the plan's own gates: on a protected target a person approves each. */
  readonly beforePhase: (phase: PhaseName) => Promise<ClosedGate | null>;
}

export type Outcome =
  | { readonly outcome: 'reached' | 'interrupted' }
  | { readonly outcome: 'waiting'; readonly closed: readonly ClosedGate[] };

/** Runs every step up to the phase asked for that the journal does not call done. Any step may have been cut short before: each can be run again. */
export async function runForward(c: RunContext, options: ForwardOptions): Promise<Outcome> {
  const states = new Map((await c.journal.steps(c.session, c.run.id)).map((s) => [s.step, s.state]));
  const { phase: reached } = await c.journal.progress(c.session, c.run);
  const wanted = phaseNames.slice(0, phaseNames.indexOf(options.to) + 1);
  for (const phase of c.plan.phases.filter((p) => wanted.includes(p.name))) {
    if (reached !== null && phaseNames.indexOf(phase.name) <= phaseNames.indexOf(reached)) continue;
    const closed = await options.beforePhase(phase.name);
    if (closed) return { outcome: 'waiting', closed: [closed] };
    const outcome = await runPhase(c, phase, states, options);
    if (outcome) return outcome;
  }
  return { outcome: 'reached' };
}

async function runPhase(
  c: RunContext,
  phase: PlannedPhase,
  states: Map<string, StepState>,
  options: ForwardOptions,
): Promise<Outcome | null> {
  const started = c.clock.now();
  c.emit({ type: 'phase.started', phase: phase.name, direction: 'forward' });
  await refuseDrift(c, states);
  await checkOurTriggers(c, states);
  const gates = phase.steps.filter((s) => s.kind === 'gate');
  for (const step of phase.steps) {
    if (isStopping(c)) return { outcome: 'interrupted' };
    if (states.get(step.id) === 'done' && (step.kind !== 'gate' || isBehind(phase, step, states))) continue;
    if (step.kind === 'gate') {
      const closed = await passGates(c, gates.slice(gates.indexOf(step)), step);
      if (closed.length) return { outcome: 'waiting', closed };
      await c.journal.recordStep(c.session, c.run.id, {
        step: step.id,
        state: 'done',
        attempts: 1,
        lockWaitMs: 0,
        lockHeldMs: 0,
      });
    } else await runStep(c, step, states.get(step.id) ?? null, options);
    if (isStopping(c) && step.kind !== 'gate' && !(await isDone(c, step.id))) return { outcome: 'interrupted' };
    if (step.kind !== 'gate') await rememberShapes(c, step.id);
    states.set(step.id, 'done');
  }
  await finishPhase(c, phase.name);
  c.emit({ type: 'phase.finished', phase: phase.name, direction: 'forward', ms: c.clock.now() - started });
  return null;
}

/** A gate guards what comes after it: until some of that has begun, what it saw may not hold any more. */
const isBehind = ({ steps }: PlannedPhase, gate: PlannedGate, states: ReadonlyMap<string, StepState>): boolean =>
  steps.slice(steps.indexOf(gate)).some((s) => s.kind !== 'gate' && states.has(s.id) && states.get(s.id) !== 'undone');

const isDone = async (c: RunContext, step: string) =>
  (await c.journal.steps(c.session, c.run.id)).some((s) => s.step === step && s.state === 'done');

/** All gates that a person opens are told at once when one is closed; they are passed one by one. */
async function passGates(
  c: RunContext,
  left: readonly PlannedGate[],
  step: PlannedGate,
): Promise<readonly ClosedGate[]> {
  await checkOurTriggers(c, new Map((await c.journal.steps(c.session, c.run.id)).map((s) => [s.step, s.state])));
  const context = { ...c, run: { ...c.run, ...(await c.journal.progress(c.session, c.run)) } };
  const verdict = await (step.gate === 'parity'
    ? checkParity(context, step, LOOKS)
    : checkGate(context, c.session, step));
  if (verdict.open) {
    c.emit({ type: 'gate.opened', step: step.id, gate: step.gate, why: verdict.why });
    return [];
  }
  const closed: ClosedGate[] = [];
  for (const gate of left) {
    // Reading whole tables is for when nothing else stands in the way.
    if (gate.id !== step.id && (gate.gate === 'parity' || gate.gate === 'quarantine')) continue;
    const found = gate.id === step.id ? verdict : await checkGate(context, c.session, gate);
    if (found.open) continue;
    closed.push({ id: gate.id, phase: gate.phase, gate: gate.gate, ...found });
    c.emit({ type: 'gate.closed', step: gate.id, gate: gate.gate, why: found.why, opensBy: found.opensBy });
  }
  return closed;
}

const LOOKS = 10;

/** What a snapshot was too old to see has been written down, and is a difference until it is drained: also when it comes after the drain. */
async function checkParity(c: RunContext & GateContext, step: PlannedGate, looks: number): Promise<GateVerdict> {
  const mapping = mappingOf(c.plan, step.mapping);
  await drainAndSettle(c, mapping);
  const verdict = await checkGate(c, c.session, step);
  if (verdict.open || looks === 1) return verdict;
  const pending = await c.journal.pendingKeys(c.session, c.run.migration, mapping.id);
  return pending ? await checkParity(c, step, looks - 1) : verdict;
}

/** A phase and what it leaves behind for later gates are recorded together: neither is without the other after a crash. */
async function finishPhase(c: RunContext, phase: PhaseName): Promise<void> {
  const use = phase === 'switch' && c.plan.mappings.length ? await readOldShapeUse(c.session, c.plan) : null;
  await c.session.transaction(async () => {
    await c.journal.fence(c.session, c.run);
    await c.journal.setPhase(c.session, c.run, phase);
    if (use) await c.journal.setSwitched(c.session, c.run, { statements: use });
  });
}

/** The reading that the gate before contract compares with. */
export async function rememberSwitch(c: Pick<RunContext, 'journal' | 'session' | 'plan' | 'run'>): Promise<void> {
  if (!c.plan.mappings.length) return;
  await c.journal.setSwitched(c.session, c.run, { statements: await readOldShapeUse(c.session, c.plan) });
}

async function runStep(
  c: RunContext,
  step: Exclude<PlannedStep, PlannedGate>,
  before: StepState | null,
  options: ForwardOptions,
): Promise<void> {
  const started = c.clock.now();
  c.emit({ type: 'step.started', step: step.id, title: step.title, kind: step.kind, direction: 'forward' });
  const timing = await execute(c, step, before, options);
  if (!timing) return;
  c.emit({ type: 'step.finished', step: step.id, ms: c.clock.now() - started, direction: 'forward', ...timing });
}

const untimed = { attempts: 1, lockWaitMs: 0, lockHeldMs: 0 };

/** How the step went, or null when it was interrupted. */
async function execute(
  c: RunContext,
  step: PlannedSql | PlannedConcurrent | PlannedBackfill,
  before: StepState | null,
  options: ForwardOptions,
) {
  switch (step.kind) {
    case 'backfill': {
      await record(c, step.id, 'running');
      const mapping = mappingOf(c.plan, step.mapping);
      await sweep(c, mapping, 'forward', options.limits, options.fireTriggers).catch((error: unknown) => {
        throw sweepFailed(step.id, mapping.source.name, 'apply', error);
      });
      if (isStopping(c)) return null;
      await record(c, step.id, 'done');
      return untimed;
    }
    case 'concurrently': {
      const { attempts } = await runConcurrent(c, step, before === 'running', () => record(c, step.id, 'running'));
      await record(c, step.id, 'done', attempts);
      return { ...untimed, attempts };
    }
    case 'ddl':
    case 'validate':
    case 'sync':
    case 'switch':
      return await runSql(c, step, before);
  }
}

async function runSql(c: RunContext, step: PlannedSql, before: StepState | null) {
  let timing = untimed;
  // A change of mode is committed as `running`: what must settle after it has to settle after a crash too.
  if (before !== 'running' || step.settle === null) timing = await runDrained(c, step, LOOKS);
  if (step.settle === null) return timing;
  await settle(c, mappingOf(c.plan, step.settle));
  if (isStopping(c)) return null;
  await c.session.transaction(async () => {
    await c.journal.recordStep(c.session, c.run.id, { step: step.id, state: 'done', ...timing });
    await c.journal.fence(c.session, c.run);
  });
  return timing;
}

/** A delete in replica role, which no foreign key follows, may come between the drain and a validation: it is on the list by then. */
async function runDrained(c: RunContext, step: PlannedSql, looks: number): Promise<Timing> {
  const mapping = step.drainFirst === null ? null : mappingOf(c.plan, step.drainFirst);
  const recordDone = async (timing: Timing) => {
    const state = step.settle === null ? 'done' : 'running';
    await c.journal.recordStep(c.session, c.run.id, { step: step.id, state, ...timing });
    await c.journal.fence(c.session, c.run);
  };
  try {
    // At contract a snapshot that does not see what was drained must end first: afterwards nobody follows what it does.
    const drain = step.phase === 'contract' ? drainAndSettle : drainAll;
    const before = mapping ? () => drain(c, mapping) : () => Promise.resolve();
    return await runTransactional(c, step.id, step, recordDone, before);
  } catch (error) {
    const isOrphaned = error instanceof LockkeeperError && isForeignKeyViolation(error.cause);
    if (!mapping || !isOrphaned || looks === 1) throw error;
    if ((await c.journal.pendingKeys(c.session, c.run.migration, mapping.id)) === 0) throw error;
    return await runDrained(c, step, looks - 1);
  }
}

async function record(c: RunContext, step: string, state: StepState, attempts = 1): Promise<void> {
  await c.session.transaction(async () => {
    await c.journal.recordStep(c.session, c.run.id, { step, state, attempts, lockWaitMs: 0, lockHeldMs: 0 });
    await c.journal.fence(c.session, c.run);
  });
}
