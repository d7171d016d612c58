import type { Blocker, Event } from '../events.ts';
import type { Plan, PlannedGate, PlannedPhase } from '../plan/plan.ts';
import { code, plain } from '../report/markdown.ts';
import { duration, shellWord } from '../report/words.ts';
import { momentText } from './body.ts';
import { oldShapes } from './criteria.ts';
import { gateEvent, type History, isDone, shortened } from './history.ts';

/** Something that stands in the way. */
export interface Blocking {
  /** Of what: the id of a step or gate, a mapping, or a phase; null for the whole migration. */
  readonly of: string | null;
  /** Markdown: who blocks what, and what to do about it. */
  readonly text: string;
}

export function blockers(plan: Plan, history: History): readonly Blocking[] {
  if (['pending', 'planned', 'rolledBack'].includes(history.status.state)) return [];
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

const executorGone = ({ migration }: Plan, { status }: History): readonly Blocking[] =>
  status.executor && !status.executor.alive
    ? [
        {
          of: null,
          text: `The executor on ${plain(status.executor.host)} is gone, and nothing goes on before ${code(`lockkeeper apply ${shellWord(migration)}`)} is typed again.`,
        },
      ]
    : [];

/** The session that a step waits for, if nothing happened to the step since. */
function waiting({ events }: History): readonly Blocking[] {
  const last = events.findLast(({ event }) => event.type === 'step.waiting' || event.type === 'horizon.waiting');
  if (last?.event.type !== 'step.waiting' && last?.event.type !== 'horizon.waiting') return [];
  if (events.slice(events.indexOf(last) + 1).some(({ event }) => ends(event))) return [];
  const { event, at } = last;
  const of = event.type === 'step.waiting' ? event.step : event.mapping;
  return event.blockers.map((blocker) => ({
    of,
    text: `${code(of)} is blocked by ${sessionText(blocker)}, since ${momentText(at)}.`,
  }));
}

const ends = ({ type }: Event): boolean =>
  ['step.finished', 'phase.finished', 'run.finished', 'run.started'].includes(type);

const sessionText = ({ pid, user, application, state, transactionMs }: Blocker): string =>
  [
    `the session ${pid}`,
    user !== null && `of ${code(user)}`,
    application !== null && application !== '' && `(${plain(application)})`,
    state !== null && plain(state),
    transactionMs !== null && `for ${duration(transactionMs)}`,
  ]
    .filter(Boolean)
    .join(' ');

const approvals = ({ name }: PlannedPhase, { status }: History): readonly Blocking[] =>
  status.gates
    .filter(({ id, open }) => id === `phase-${name}` && !open)
    .map(({ opensBy }) => ({
      of: name,
      text: `${code(name)} is blocked by a person who has to approve it: ${code(opensBy)}.`,
    }));

/** Gates before which everything is done. */
function gates({ name, steps }: PlannedPhase, plan: Plan, history: History): readonly Blocking[] {
  const first = steps.findIndex((step) => step.kind !== 'gate' && !isDone(history, step));
  const before = first === -1 ? steps : steps.slice(0, first);
  return before
    .filter((step): step is PlannedGate => step.kind === 'gate' && !isDone(history, step))
    .filter((gate) => isClosed(gate, history))
    .map((gate) => {
      const status = history.status.gates.find(({ id }) => id === gate.id);
      const why = gateEvent(history, gate)?.why ?? shortened(status?.why ?? '');
      const { who, opensBy } = culprit(gate, plan, history);
      return { of: gate.id, text: `${code(name)} is blocked by ${who}: ${plain(why)}. ${opensBy}` };
    });
}

/** What reads whole tables is looked at only when the run comes to it. */
const isClosed = (gate: PlannedGate, history: History): boolean =>
  gate.gate === 'parity' || gate.gate === 'quarantine'
    ? gateEvent(history, gate)?.isOpen === false
    : history.status.gates.some(({ id, open }) => id === gate.id && !open);

function culprit(gate: PlannedGate, plan: Plan, history: History): { readonly who: string; readonly opensBy: string } {
  const word = shellWord(plan.migration);
  const approve = code(`lockkeeper approve ${word} ${gate.gate} --note "…"`);
  switch (gate.gate) {
    case 'parity':
      return {
        who: 'a difference between both shapes',
        opensBy: `To mend it: ${code(`lockkeeper verify ${word} --repair`)}.`,
      };
    case 'quarantine':
      return { who: 'values that do not fit', opensBy: `To see them: ${code(`lockkeeper quarantine list ${word}`)}.` };
    case 'soak':
      return { who: 'time that has to pass', opensBy: soakText(gate, history) };
    case 'old-shape-unused':
      return {
        who: `code that still uses ${oldShapes(plan)}`,
        opensBy: `Stop it and take a new reading with ${code(`lockkeeper reads ${word} new`)}; or, if you know better, ${approve}.`,
      };
    case 'backup':
      return { who: 'whoever takes the backup', opensBy: `To name it: ${approve}.` };
    case 'contract-approval':
      return { who: 'a person who has to approve it', opensBy: `To approve: ${approve}.` };
  }
}

function soakText({ soakMs }: PlannedGate, { switchedAt }: History): string {
  if (switchedAt === null) return 'It begins when reads are switched.';
  return `It opens at ${momentText(new Date(Date.parse(switchedAt) + (soakMs ?? 0)).toISOString())}.`;
}
