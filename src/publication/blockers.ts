import type { Blocker, Event } from '../events.ts';
import type { Plan, PlannedGate, PlannedPhase } from '../plan/plan.ts';
import { code, plain } from '../report/markdown.ts';
import { duration, shellWord } from '../report/words.ts';
import { momentText } from './body.ts';
import { gateWhy, oldShapes, withoutStatement } from './criteria.ts';
import { gateEvent, type History, isDone } from './history.ts';

/** Who or what stands in the way of what, and what to do about it. */
export function blockers(plan: Plan, history: History): readonly string[] {
  if (!hasStarted(history)) return [];
  const next = plan.phases.find(
    ({ name }) => !history.status.phases.some((phase) => phase.name === name && phase.done),
  );
  if (!next) return [];
  return [
    ...executorGone(plan, history),
    ...waiting(history),
    ...approvals(next, history),
    ...gates(next, plan, history),
  ];
}

const hasStarted = ({ status }: History): boolean => !['pending', 'planned', 'rolledBack'].includes(status.state);

const executorGone = ({ migration }: Plan, { status }: History): readonly string[] =>
  status.executor && !status.executor.alive
    ? [
        `The executor on ${plain(status.executor.host)} is gone: ${code(`lockkeeper apply ${shellWord(migration)}`)} goes on where it stopped.`,
      ]
    : [];

/** The session that a step waits for, if nothing happened to the step since. */
function waiting({ events }: History): readonly string[] {
  const last = events.findLast(({ event }) => event.type === 'step.waiting' || event.type === 'horizon.waiting');
  if (!last) return [];
  const { event, at } = last;
  const moved = events.slice(events.indexOf(last) + 1).some((later) => ends(later.event));
  if (moved || (event.type !== 'step.waiting' && event.type !== 'horizon.waiting')) return [];
  const what = event.type === 'step.waiting' ? event.step : event.mapping;
  return event.blockers.map((blocker) => `${sessionText(blocker)} blocks ${code(what)} (${momentText(at)}).`);
}

const ends = ({ type }: Event): boolean =>
  type === 'step.finished' || type === 'phase.finished' || type === 'run.finished' || type === 'run.started';

const sessionText = ({ pid, user, application, state, transactionMs }: Blocker): string =>
  [
    `The session ${pid}`,
    user !== null && `of ${code(user)}`,
    application !== null && application !== '' && `(${plain(application)})`,
    state !== null && plain(state),
    transactionMs !== null && `for ${duration(transactionMs)}`,
  ]
    .filter(Boolean)
    .join(' ');

const approvals = ({ name }: PlannedPhase, { status }: History): readonly string[] =>
  status.gates
    .filter(({ id, open }) => id === `phase-${name}` && !open)
    .map(({ opensBy }) => `A person who may approve blocks ${code(name)}: ${code(opensBy)}.`);

/** Gates before which everything is done. */
function gates({ name, steps }: PlannedPhase, plan: Plan, history: History): readonly string[] {
  const first = steps.findIndex((step) => step.kind !== 'gate' && !isDone(history, step));
  const before = first === -1 ? steps : steps.slice(0, first);
  return before
    .filter((step): step is PlannedGate => step.kind === 'gate' && !isDone(history, step))
    .flatMap((gate) => gateText(gate, name, plan, history));
}

function gateText(gate: PlannedGate, phase: string, plan: Plan, history: History): readonly string[] {
  const status = history.status.gates.find(({ id }) => id === gate.id);
  const looked = gateEvent(history, gate)?.type === 'gate.closed';
  // What reads whole tables is looked at only when the run comes to it.
  const isClosed = gate.gate === 'parity' || gate.gate === 'quarantine' ? looked : status?.open === false;
  if (!isClosed) return [];
  const { who, opensBy } = culprit(gate, plan, history);
  const why = plain(gateWhy(gate, history) || withoutStatement(status?.why ?? ''));
  return [`${who} ${gate.gate === 'soak' ? 'has to pass before' : 'blocks'} ${code(phase)}: ${why}. ${opensBy}`];
}

function culprit(gate: PlannedGate, plan: Plan, history: History): { readonly who: string; readonly opensBy: string } {
  const word = shellWord(plan.migration);
  const approve = code(`lockkeeper approve ${word} ${gate.gate} --note "…"`);
  switch (gate.gate) {
    case 'parity':
      return {
        who: 'A difference between both shapes',
        opensBy: `To mend it: ${code(`lockkeeper verify ${word} --repair`)}.`,
      };
    case 'quarantine':
      return { who: 'Values that do not fit', opensBy: `To see them: ${code(`lockkeeper quarantine list ${word}`)}.` };
    case 'soak':
      return { who: 'Time', opensBy: soakText(gate, history) };
    case 'old-shape-unused':
      return {
        who: `Code that still uses ${oldShapes(plan)}`,
        opensBy: `Stop it and take a new reading with ${code(`lockkeeper reads ${word} new`)}; or, if you know better, ${approve}.`,
      };
    case 'backup':
      return { who: 'Whoever takes the backup', opensBy: `To name it: ${approve}.` };
    case 'contract-approval':
      return { who: 'A person who may approve', opensBy: `To approve: ${approve}.` };
  }
}

function soakText({ soakMs }: PlannedGate, { switchedAt }: History): string {
  if (switchedAt === null) return 'It begins when reads are switched.';
  return `It opens at ${momentText(new Date(Date.parse(switchedAt) + (soakMs ?? 0)).toISOString())}.`;
}
