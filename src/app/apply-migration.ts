import { readCatalog } from '../catalog/read-catalog.ts';
import { fingerprint } from '../catalog/fingerprint.ts';
import type { Session } from '../database/database.ts';
import { checkTarget } from '../database/preflight.ts';
import { phaseNames, type PhaseName } from '../events.ts';
import { afterUnfinished, drift, wrongPhase } from '../execute/errors.ts';
import { runForward, type ClosedGate } from '../execute/forward.ts';
import { approvedBy } from '../execute/gates.ts';
import type { Journal, Run } from '../journal/journal.ts';
import { toMigration, type MigrationDocument } from '../migration/migration.ts';
import type { Plan } from '../plan/plan.ts';
import { ident, sql } from '../sql/sql.ts';
import type { RunDocument, TargetSummary } from './documents.ts';
import { journalOf, type Deps } from './deps.ts';
import { notConfirmed, permissionMissing, rollbackUnfinished } from './errors.ts';
import { refuseUnreadableJournal } from './journal-rights.ts';
import { planWith, readAuthored, refuseEdited } from './plan-migration.ts';
import { refuseOverlap } from './refuse-overlap.ts';
import { refuseUnusable } from './refuse-unusable.ts';
import { describeTarget } from './target-summary.ts';
import { withRun } from './with-run.ts';

export interface Preview {
  readonly plan: Plan;
  readonly target: TargetSummary;
  /** The phases that would run. */
  readonly phases: readonly PhaseName[];
  readonly firstTime: boolean;
}

export interface ApplyOptions {
  /** The last phase to run; all of them when left out. */
  readonly to?: PhaseName;
  readonly takeOver?: boolean;
  readonly confirm: (preview: Preview) => Promise<boolean>;
  /** Asked right before contract when nobody approved it: true only when a person typed the migration's name. */
  readonly confirmContract: (migration: string) => Promise<boolean>;
}

/**
 * Runs a migration forward up to a phase. The first time it stores the plan; later it goes on with the stored one, and refuses a
 * migration that was edited since, unless nothing of it has run.
 */
export async function applyMigration(deps: Deps, input: Input, options: ApplyOptions): Promise<RunDocument> {
  const { plan, stored, target, after } = await choosePlan(deps, input);
  const to = options.to ?? plan.phases.at(-1)?.name ?? 'expand';
  refuseBackwards(plan, stored, to);
  if (plan.missing.length && !stored) throw permissionMissing(plan.missing);
  const phases = plan.phases
    .map((p) => p.name)
    .filter((p) => reached(p, to) && !(stored?.phase && reached(p, stored.phase)));
  if (!(await options.confirm({ plan, target, phases, firstTime: !stored }))) throw notConfirmed(plan.migration);
  const document = await withRun(
    deps,
    {
      migration: plan.migration,
      direction: 'forward',
      to,
      takeOver: options.takeOver ?? false,
      prepare: (session, journal) => prepare(session, journal, plan, after),
    },
    ({ context, run, limits, fireTriggers }) =>
      runForward(context, {
        to,
        limits,
        fireTriggers,
        beforePhase: async (phase) => {
          if (phase === 'contract') await approveByName(context.session, context.journal, run, options);
          return await protectedGate(deps, context.session, context.journal, run, phase);
        },
      }),
  );
  return document;
}

const reached = (phase: PhaseName, to: PhaseName) => phaseNames.indexOf(phase) <= phaseNames.indexOf(to);

type Input = { readonly migration: string } | { readonly plan: Plan };

interface Chosen {
  readonly plan: Plan;
  /** The run that this goes on with, or null when it begins. */
  readonly stored: Run | null;
  readonly target: TargetSummary;
  readonly after: readonly string[];
}

/** The stored plan when something of it has run; else the plan given, or a new one from the document. */
async function choosePlan(deps: Deps, input: Input): Promise<Chosen> {
  if ('plan' in input) refuseUnusable(input.plan);
  const authored =
    'plan' in input ? toMigration(input.plan.document as MigrationDocument) : await readAuthored(deps, input.migration);
  const session = await deps.connect('read', authored.name);
  try {
    await checkTarget(session);
    await refuseUnreadableJournal(session, deps.config.journalSchema);
    const stored = await journalOf(deps).begunRun(session, authored.name);
    if (stored) refuseEdited(stored, authored, 'plan' in input ? input.plan.planHash : null);
    else if ('plan' in input) await refuseStale(session, input.plan);
    const plan = stored?.plan ?? ('plan' in input ? input.plan : await planWith(deps, session, authored));
    return { plan, stored, target: await describeTarget(session, plan), after: authored.after };
  } finally {
    await session.close();
  }
}

function refuseBackwards(plan: Plan, stored: Run | null, to: PhaseName): void {
  if (stored?.phase && !reached(stored.phase, to)) throw wrongPhase(plan.migration, stored.phase, to);
}

/** Nobody else touches these tables, and they are as the plan expects. */
async function prepare(session: Session, journal: Journal, plan: Plan, after: readonly string[]): Promise<void> {
  const run = await journal.run(session, plan.migration);
  const steps = run ? await journal.steps(session, run.id) : [];
  if (steps.some((s) => s.step.includes('#revive'))) throw rollbackUnfinished(plan.migration);
  await refuseOverlap(session, journal, plan);
  for (const needed of after) {
    const other = await journal.run(session, needed);
    if (other?.state !== 'done') throw afterUnfinished(plan.migration, needed);
  }
  if (await journal.begunRun(session, plan.migration)) return;
  await refuseStale(session, plan);
  await journal.store(session, plan);
}

/** A plan that has not begun fits only the tables it was made for. */
async function refuseStale(session: Session, plan: Plan): Promise<void> {
  const catalog = await readCatalog(
    session,
    plan.fingerprints.map((f) => f.relation),
    { journal: plan.journal },
  );
  const changed = plan.fingerprints.filter(({ relation, shape }) => {
    const table = catalog.tables.find((t) => t.schema === relation.schema && t.name === relation.name);
    return !table || fingerprint(table) !== shape;
  });
  if (changed.length)
    throw drift(
      changed.map(({ relation }) => `${relation.schema}.${relation.name} is not as it was when the plan was made`),
    );
}

async function protectedGate(
  deps: Deps,
  session: Session,
  journal: Journal,
  run: Run,
  phase: PhaseName,
): Promise<ClosedGate | null> {
  if (!deps.config.protected) return null;
  const gate = `phase-${phase}`;
  const by = await approvedBy({ journal, plan: run.plan, run }, session, gate);
  if (by) return null;
  return {
    id: gate,
    phase,
    gate,
    open: false,
    why: 'the target is protected: a person approves every phase',
    opensBy: `lockkeeper approve ${run.migration} ${gate} --note "…"`,
  };
}

/** Typing the migration's name at the terminal is an approval, and is recorded as one. */
async function approveByName(session: Session, journal: Journal, run: Run, options: ApplyOptions): Promise<void> {
  if (await approvedBy({ journal, plan: run.plan, run }, session, 'contract-approval')) return;
  if (!(await options.confirmContract(run.migration))) return;
  await session.query(sql`
    INSERT INTO ${ident(journal.schema)}.approval (migration, plan_hash, gate, note, expires_at)
    VALUES (${run.migration}, ${run.planHash}, 'contract-approval', 'the name was typed at the terminal', now() + interval '1 hour')`);
}
