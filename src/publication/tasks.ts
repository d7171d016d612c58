import type { Plan, PlannedStep } from '../plan/plan.ts';
import { code, plain } from '../report/markdown.ts';
import { duration, plural, relationText, shellWord } from '../report/words.ts';
import {
  type Criterion,
  counted,
  gatesOf,
  newNames,
  newShapes,
  oldShapes,
  planned,
  shownBy,
  stepCriteria,
  stepsIn,
} from './criteria.ts';
import type { History } from './history.ts';
import * as notes from './task-notes.ts';

/** A piece of work that the plan needs, before it is a page. */
export interface Task {
  /** Unique in its migration: `backfill`. */
  readonly key: string;
  readonly title: string;
  /** Markdown: why there is something to do. */
  readonly context: string;
  /** Markdown: what is so when it is done. */
  readonly objective: string;
  readonly criteria: readonly Criterion[];
  /** Markdown. */
  readonly notes: readonly string[];
  readonly blockedBy: readonly string[];
  /** In days, of a person. */
  readonly effort: number;
  /** Where it leads to: the tasks of requirements that these steps meet. */
  readonly steps: readonly PlannedStep[];
}

/** The tasks of a plan, in the order in which they can be done. One that was published before stays, even if it is settled by now. */
export function tasksOf(plan: Plan, history: History, published: readonly string[]): readonly Task[] {
  const found = [
    migrationSql(plan, history),
    backfill(plan),
    writeCode(plan),
    readQueries(plan),
    rollbackPlan(plan),
    misfits(plan, history, published.includes(`${plan.migration}/misfits`)),
    contract(plan, history),
    ...history.followUps.map((next) => followUp(next)),
    purge(plan, history),
  ].filter((task) => task !== null);
  const keys = new Set(found.map(({ key }) => key));
  return found.map((task) => ({ ...task, blockedBy: task.blockedBy.filter((key) => keys.has(key)) }));
}

function migrationSql(plan: Plan, history: History): Task {
  const steps = stepsIn(plan, 'expand');
  return {
    key: 'migration-sql',
    title: `Migration SQL: ${plan.newTables.length ? `create ${plan.newTables.map(({ name }) => name).join(' and ')}` : firstOf(steps)}`,
    context: plain(plan.phases[0]?.goal ?? ''),
    objective: 'The SQL is reviewed, and the phase expand has run.',
    criteria: [
      planned(`The SQL is generated and fits the database (plan ${code(plan.planHash.slice(0, 12))})`),
      reversible,
      ...phaseApproval('expand', history),
      ...stepCriteria(steps),
    ],
    notes: [notes.run(plan, 'expand'), ...notes.statements(steps, plan)],
    blockedBy: [],
    effort: 0.5,
    steps,
  };
}

const firstOf = (steps: readonly PlannedStep[]): string =>
  steps
    .filter(({ kind }) => kind !== 'sync' && kind !== 'gate')
    .slice(0, 2)
    .map(({ title }) => `${title.charAt(0).toLowerCase()}${title.slice(1)}`)
    .join(', ');

const reversible = planned('Every step has its undo beside it, or nothing to take back');

/** On a protected target a person approves each phase. */
const phaseApproval = (phase: string, { status }: History): readonly Criterion[] =>
  status.gates
    .filter(({ id }) => id === `phase-${phase}`)
    .map(({ open }) => counted(`A person approved the phase ${phase}`, open));

function backfill(plan: Plan): Task | null {
  const steps = stepsIn(plan, 'backfill');
  if (!steps.length) return null;
  return {
    key: 'backfill',
    title: `Backfill: copy ${plan.moves.map(({ from, to }) => `${from} into ${to.join(' and ')}`).join('; ') || 'the rows'}`,
    context: `${plan.moves.map(({ rows, how, because }) => `${plural(Math.max(0, rows), 'row')}, ${how}: ${plain(because)}.`).join(' ')} Writes that come meanwhile are captured and brought up to date.`,
    objective: `Every row that is there already is in ${newShapes(plan)}, with indexes and constraints.`,
    criteria: stepCriteria(steps),
    notes: [notes.run(plan, 'backfill'), notes.tuning(plan), ...notes.statements(steps, plan)],
    blockedBy: ['migration-sql'],
    effort: 0.5,
    steps,
  };
}

function writeCode(plan: Plan): Task | null {
  if (!plan.mappings.length) return null;
  const steps = stepsIn(plan, 'dual-write');
  const writing = plan.impact.statements?.filter(({ writes }) => writes) ?? [];
  return {
    key: 'write-code',
    title: `Code that writes ${named(newNames(plan))}`,
    context:
      'The application never has to write both shapes: from the phase dual-write on the database carries every write to the other shape, in the same transaction.',
    objective: `New code writes ${newShapes(plan)} alone, and is deployed after the phase dual-write, not before.`,
    criteria: [...stepCriteria(steps), unused(plan)],
    notes: [
      notes.run(plan, 'dual-write'),
      notes.waitForPhase(plan),
      ...notes.queries('Statements that write the old shape', writing, plan),
    ],
    blockedBy: ['backfill'],
    effort: 1 + 0.25 * writing.length,
    steps,
  };
}

const named = (names: readonly string[]): string => names.join(' and ');

const unused = (plan: Plan): Criterion =>
  shownBy(`Nobody reads or writes ${oldShapes(plan)} any more`, gatesOf(plan, 'old-shape-unused'));

function readQueries(plan: Plan): Task | null {
  if (!plan.mappings.length) return null;
  const steps = stepsIn(plan, 'switch');
  const reading = plan.impact.statements?.filter(({ reads }) => reads) ?? [];
  const { dependants } = plan.impact;
  return {
    key: 'read-queries',
    title: `Read queries: move them to ${named(newNames(plan))}`,
    context: 'Both shapes are kept until contract, so moving reads back is flipping a switch.',
    objective: `Every read uses ${newShapes(plan)}.`,
    criteria: [...stepCriteria(steps), unused(plan)],
    notes: [
      notes.run(plan, 'switch'),
      notes.readSwitch(plan),
      ...notes.queries('Statements that read the old shape', reading, plan),
      ...notes.objects(plan),
    ],
    blockedBy: ['write-code'],
    effort: 1 + 0.25 * (reading.length + dependants.length),
    steps,
  };
}

function rollbackPlan(plan: Plan): Task {
  const gates = gatesOf(plan, 'soak', 'parity', 'backup').filter(({ phase }) => phase === 'contract');
  const last = plan.phases.at(-1);
  return {
    key: 'rollback-plan',
    title: 'Rollback plan and monitoring',
    context:
      'Each phase can be taken back while the application runs. Who is on duty has to know how, and what to watch.',
    objective: 'The way back is known and was kept open, and what has to be watched was watched.',
    criteria: [
      reversible,
      ...(gates.length
        ? gates.map((gate) =>
            shownBy(
              `${plain(gate.title)}${gate.soakMs === null ? '' : `: ${duration(gate.soakMs)}`} (${code(gate.id)})`,
              [gate],
            ),
          )
        : [shownBy(`The phase ${last?.name ?? ''} is done, and nothing had to be taken back`, last?.steps ?? [])]),
    ],
    notes: [notes.rollback(plan), notes.monitoring(plan)],
    blockedBy: ['migration-sql'],
    effort: 0.5,
    steps: gates,
  };
}

/** What does not fit is a decision that no program can take. */
function misfits(plan: Plan, { quarantine, status }: History, wasPublished: boolean): Task | null {
  const expected = plan.misfits ?? [];
  if (!expected.length && !quarantine.length && !wasPublished) return null;
  const places = new Set([...expected.map((m) => code(m.column)), ...quarantine.map((g) => notes.misfitPlace(g))]);
  const gates = gatesOf(plan, 'quarantine');
  const copied = status.steps.some(({ kind, state }) => kind === 'backfill' && state === 'done');
  const open = quarantine.filter(({ state }) => state === 'open').reduce((sum, { rows }) => sum + rows, 0);
  return {
    key: 'misfits',
    title: `Decide about values of ${named(plan.mappings.map((m) => `${m.source.name}.${m.column}`))} that do not fit`,
    context:
      'They are never dropped: the new shape takes the fallback, and the original stays where it is until somebody decides.',
    objective: 'Each of these values is corrected through the old shape, or somebody accepted the fallback.',
    criteria: [counted('No value is open in quarantine', copied && open === 0), ...stepCriteria(gates)],
    notes: [notes.misfits(plan, quarantine), notes.quarantine(plan)],
    blockedBy: [],
    effort: 0.5 + 0.25 * places.size,
    steps: gates,
  };
}

function contract(plan: Plan, history: History): Task | null {
  const steps = stepsIn(plan, 'contract');
  if (!steps.length) return null;
  const own = steps.filter((step) => step.kind !== 'gate' || step.gate === 'contract-approval');
  return {
    key: 'contract',
    title: `Archive ${named(plan.removed.map((r) => `${r.table.name}.${r.column}`)) || 'the old shape'}`,
    context:
      'From here on old code fails. The column is renamed, not dropped: it comes back with current values until it is purged.',
    objective: 'The old shape is out of the way, and nobody needed it.',
    criteria: [...phaseApproval('contract', history), ...stepCriteria(own)],
    notes: [notes.approve(plan), notes.run(plan, 'contract'), ...notes.statements(own, plan)],
    blockedBy: ['read-queries', 'rollback-plan', 'misfits'],
    effort: 0.5,
    steps: own,
  };
}

const followUp = ({ migration, done }: History['followUps'][number]): Task => ({
  key: `then-${migration.split('/').at(-1) ?? migration}`,
  title: `Run the migration ${migration}`,
  context: 'It follows this one, and brings the column back to the name that it had.',
  objective: `${code(migration)} is done.`,
  criteria: [counted(`${code(migration)} is done in the journal`, done)],
  notes: [notes.shell(`lockkeeper plan ${shellWord(migration)}`, `lockkeeper apply ${shellWord(migration)}`)],
  blockedBy: ['contract'],
  effort: 0.5,
  steps: [],
});

function purge({ removed, migration }: Plan, { status, archives }: History): Task | null {
  if (!removed.length) return null;
  const columns = removed.map((r) => code(`${relationText(r.table)}.${r.column}`)).join(' and ');
  return {
    key: 'purge',
    title: `Drop the archive of ${named(removed.map((r) => `${r.table.name}.${r.column}`))}`,
    context: `Until then ${code(`lockkeeper rollback ${shellWord(migration)}`)} brings the old shape back; afterwards only a backup does.`,
    objective: `The archived values of ${columns} are gone for good.`,
    criteria: [counted('The archive is dropped', status.phase === 'contract' && archives === 0)],
    notes: [notes.shell('lockkeeper archive list', 'lockkeeper archive purge ID')],
    blockedBy: ['contract'],
    effort: 0.25,
    steps: [],
  };
}
