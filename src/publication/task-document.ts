import type { Plan, PlannedStep } from '../plan/plan.ts';
import { bullets, plain } from '../report/markdown.ts';
import type { Priority } from '../spec/requirements.ts';
import { dayOf, linkTo, momentText, section } from './body.ts';
import { checkboxes, isProved, measuredText } from './criteria.ts';
import type { Document, TaskStatus } from './document.ts';
import { hasBegun, type History } from './history.ts';
import { blockers } from './blockers.ts';
import type { Task } from './tasks.ts';
import type { Trace } from './trace.ts';

export const keyOf = ({ migration }: Pick<Plan, 'migration'>, key: string): string => `${migration}/${key}`;

/** The page of a task, and what the task database is told. */
export function taskDocument(
  task: Task,
  all: readonly Task[],
  traces: readonly Trace[],
  plan: Plan,
  history: History,
): Document {
  const served = traces.filter(({ steps, checks }) => [...steps, ...checks].some((step) => task.steps.includes(step)));
  const status = statusOf(task, history);
  return {
    key: keyOf(plan, task.key),
    kind: 'task',
    title: task.title,
    properties: {
      status,
      priority: strongest(served),
      assignee: null,
      sprint: null,
      start: startOf(task, history),
      due: null,
      effort: task.effort,
      blockedBy: task.blockedBy.map((key) => keyOf(plan, key)),
    },
    sections: [
      section('context', 'Context', [
        `A part of ${linkTo(keyOf(plan, 'plan'), 'the implementation plan')} for ${linkTo('specification', 'the specification')}.`,
        task.context,
        served.length ? 'It serves these requirements:' : null,
        served.length ? bullets(served.map(({ id, text }) => `${plain(id)}: ${plain(text)}`)) : null,
      ]),
      section('objective', 'Objective', [task.objective]),
      section('criteria', 'Acceptance criteria', [
        'Ticked by the checks of the migration, and by nobody else.',
        checkboxes(task.criteria, history),
      ]),
      section('progress', 'Progress', [bullets(notesOf(task, status, all, plan, history))]),
      section('notes', 'Technical notes', task.notes),
    ].filter((part) => part !== null),
  };
}

/** Done when everything is proved, by the journal too; in progress when something of it has happened. */
export function statusOf({ criteria }: Pick<Task, 'criteria'>, history: History): TaskStatus {
  const journaled = criteria.filter(({ byPlan }) => !byPlan);
  if (criteria.every((criterion) => isProved(criterion, history)) && journaled.length) return 'done';
  const begun = journaled.some((c) => isProved(c, history) || c.steps.some((step) => hasBegun(history, step)));
  return begun ? 'in progress' : 'to do';
}

const order: readonly Priority[] = ['must', 'should', 'could'];

const strongest = (served: readonly Trace[]): Priority | null =>
  order.find((priority) => served.some((trace) => trace.priority === priority)) ?? null;

function startOf({ criteria }: Task, history: History): string | null {
  const begun = criteria.flatMap(({ steps }) => steps.filter((step) => hasBegun(history, step)));
  const first = begun.flatMap(({ id }) => history.times.get(id)?.startedAt ?? []).sort()[0];
  return first === undefined ? null : dayOf(first);
}

/** What is in the way of these steps. */
const blocking = (mine: ReadonlySet<PlannedStep>, plan: Plan, history: History): readonly string[] =>
  blockers(plan, history)
    .filter(({ of }) =>
      [...mine].some(({ id, phase, kind }) => of === null || of === id || (of === phase && kind !== 'gate')),
    )
    .map(({ text }) => text);

/** Where it stands, who blocks it, and what was measured. */
function notesOf(
  task: Task,
  status: TaskStatus,
  all: readonly Task[],
  plan: Plan,
  history: History,
): readonly string[] {
  const proved = task.criteria.filter((criterion) => isProved(criterion, history)).length;
  const open = all.filter(
    ({ key, criteria }) => task.blockedBy.includes(key) && statusOf({ criteria }, history) !== 'done',
  );
  const mine = new Set(task.criteria.flatMap(({ steps }) => steps));
  const done = [...mine].filter((step) =>
    history.status.steps.some(({ id, state }) => id === step.id && state === 'done'),
  );
  const last = done
    .flatMap(({ id }) => history.times.get(id)?.finishedAt ?? [])
    .sort()
    .at(-1);
  return [
    `${status}: ${proved} of ${task.criteria.length} criteria are shown${last === undefined ? '' : `, the last at ${momentText(last)}`}`,
    ...(status === 'done' || !open.length
      ? []
      : [`waits for ${open.map(({ key, title }) => linkTo(keyOf(plan, key), title)).join(' and ')}`]),
    ...(status === 'done' ? [] : blocking(mine, plan, history)),
    ...done
      .filter(({ kind }) => kind !== 'gate')
      .map((step) => `${plain(step.title)}: ${measuredText(step, history) || 'done'}`),
  ];
}
