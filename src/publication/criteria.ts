import type { Plan, PlannedGate, PlannedMapping, PlannedStep } from '../plan/plan.ts';
import { code, plain, ticked } from '../report/markdown.ts';
import { seconds } from '../report/numbers.ts';
import { locksOf, blocksSomething, duration, plural } from '../report/words.ts';
import { momentText } from './body.ts';
import { gateEvent, type History, isDone } from './history.ts';

/** Something that has to hold, and what shows that it does. */
export interface Criterion {
  /** Markdown. */
  readonly text: string;
  /** All of them have to be done; when there is none, `holds` decides. */
  readonly steps: readonly PlannedStep[];
  readonly holds: boolean;
  /** True of the plan as it is, before anything has run. */
  readonly byPlan: boolean;
}

export const shownBy = (text: string, steps: readonly PlannedStep[]): Criterion => ({
  text,
  steps,
  holds: steps.length > 0,
  byPlan: false,
});

/** The journal says it, though no step of the plan does. */
export const counted = (text: string, holds: boolean): Criterion => ({ text, steps: [], holds, byPlan: false });

export const planned = (text: string): Criterion => ({ text, steps: [], holds: true, byPlan: true });

export const isProved = (criterion: Criterion, history: History): boolean =>
  criterion.holds && criterion.steps.every((step) => isDone(history, step));

/** Boxes, ticked by what is proved, with what was measured where that is not too much. */
export const checkboxes = (criteria: readonly Criterion[], history: History): string =>
  ticked(
    criteria.map((criterion) => {
      const proved = isProved(criterion, history);
      const measured =
        proved && criterion.steps.length <= 2
          ? criterion.steps.map((step) => measuredText(step, history)).filter(Boolean)
          : [];
      return [proved, measured.length ? `${criterion.text}: ${measured.join('; ')}` : criterion.text];
    }),
  );

/** One criterion for each step or gate. */
export const stepCriteria = (steps: readonly PlannedStep[]): readonly Criterion[] =>
  steps.map((step) => shownBy(`${plain(step.title)} (${code(step.id)})`, [step]));

/** What was measured of a step that is done; empty when there is nothing to tell. */
export function measuredText(step: PlannedStep, history: History): string {
  const told = [figures(step, history), finished(step, history)].filter(Boolean);
  return told.join(', ');
}

function figures(step: PlannedStep, history: History): string {
  if (step.kind === 'gate') return plain(gateEvent(history, step)?.why ?? '');
  if (step.kind === 'backfill') {
    const fill = history.status.backfill.find(({ mapping }) => mapping === step.mapping);
    return fill ? plural(fill.rowsDone, 'row') : '';
  }
  const record = history.status.steps.find(({ id }) => id === step.id);
  if (!record || record.lockHeldMs <= 0 || !locksOf(step).some(blocksSomething)) return '';
  return `lock held ${duration(record.lockHeldMs)}`;
}

const finished = (step: PlannedStep, { times }: History): string => {
  const at = times.get(step.id)?.finishedAt;
  return at ? momentText(at) : '';
};

export const stepsOf = ({ phases }: Plan): readonly PlannedStep[] => phases.flatMap((phase) => phase.steps);

export const stepsIn = ({ phases }: Plan, name: PlannedStep['phase']): readonly PlannedStep[] =>
  phases.find((phase) => phase.name === name)?.steps ?? [];

export const gatesOf = (plan: Plan, ...kinds: readonly PlannedGate['gate'][]): readonly PlannedGate[] =>
  stepsOf(plan).filter((step): step is PlannedGate => step.kind === 'gate' && kinds.includes(step.gate));

/** `users.preferences`, or more of them. */
export const oldShapes = ({ mappings }: Plan): string =>
  mappings.map(({ source, column }) => code(`${source.name}.${column}`)).join(' and ');

/** What takes the old shape's place: tables, or columns with their table. */
export const newNames = ({ newTables, removed, mappings }: Plan): readonly string[] =>
  newTables.length ? newTables.map(({ name }) => name) : removed.map((r) => newColumn(mappings, r));

export const newShapes = (plan: Plan): string => newNames(plan).map(code).join(' and ');

const newColumn = (mappings: readonly PlannedMapping[], removed: Plan['removed'][number]): string =>
  mappings.some(({ kind }) => kind === 'column') ? `${removed.table.name}.${removed.replacedBy}` : removed.replacedBy;

/** The longest that a lock which makes statements wait was held, of the steps that are done; null when none was. */
export function longestLock(plan: Plan, { status }: History): { readonly step: string; readonly ms: number } | null {
  const blocking = new Set(
    stepsOf(plan)
      .filter((step) => locksOf(step).some(blocksSomething))
      .map(({ id }) => id),
  );
  const held = status.steps.filter(
    ({ id, state, lockHeldMs }) => blocking.has(id) && state === 'done' && lockHeldMs > 0,
  );
  const longest = held.toSorted((a, b) => b.lockHeldMs - a.lockHeldMs)[0];
  return longest ? { step: longest.id, ms: longest.lockHeldMs } : null;
}

export const longestLockText = (plan: Plan, history: History): string => {
  const longest = longestLock(plan, history);
  return longest ? `longest lock held ${seconds(longest.ms)} by ${code(longest.step)}` : 'no lock that blocks was held';
};
