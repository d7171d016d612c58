import type { Plan, PlannedPhase, PlannedStep } from '../plan/plan.ts';
import { bullets, code, markdownTable, plain } from '../report/markdown.ts';
import { number } from '../report/numbers.ts';
import { duration, plural } from '../report/words.ts';
import { blockers } from './blockers.ts';
import { momentText, section } from './body.ts';
import { gatesOf, longestLockText, stepsOf } from './criteria.ts';
import type { Section } from './document.ts';
import { gateEvent, hasBegun, type History, isDone, percentDone } from './history.ts';
import { misfitPlace } from './task-notes.ts';
import { updates } from './updates.ts';

/** Where the migration stands, from the journal alone. */
export const progress = (plan: Plan, history: History): Section | null =>
  section('progress', 'Progress', [
    `**${percentDone(plan, history)} %**: ${stateText(plan, history)}`,
    phaseTable(plan, history),
    ...titled('Blockers', bullets(blockers(plan, history).map(({ text }) => text))),
    ...titled('Backfill', bullets(backfills(plan, history))),
    ...titled('Gates', gateTable(plan, history)),
    ...titled('Values that do not fit', quarantineTable(history)),
    ...titled('Verification', bullets(verified(plan, history))),
    ...titled('Measured', bullets(measured(plan, history))),
    ...titled('Updates', bullets(updates(plan, history))),
  ]);

const titled = (heading: string, text: string): readonly string[] => (text === '' ? [] : [`## ${heading}`, text]);

function stateText(plan: Plan, { status }: History): string {
  switch (status.state) {
    case 'pending':
    case 'planned':
      return 'planned, and nothing has run.';
    case 'running':
      return 'it runs.';
    case 'paused':
      return 'it is paused by a person.';
    case 'waiting':
      return status.phase === null
        ? 'it was stopped and goes on when it is started again.'
        : `done up to ${code(status.phase)}; what comes next was not started, or waits for a gate.`;
    case 'failed':
      return `the last run did not end well: ${code(`lockkeeper status ${plan.migration}`)} says why, and the same command goes on.`;
    case 'done':
      return 'done.';
    case 'rolledBack':
      return 'everything was taken back.';
  }
}

type PhaseState = 'to do' | 'in progress' | 'done' | 'taken back';

function phaseState({ name, steps }: PlannedPhase, history: History): PhaseState {
  if (history.status.phases.some((phase) => phase.name === name && phase.done)) return 'done';
  if (steps.some((step) => hasBegun(history, step))) return 'in progress';
  const undone = history.status.steps.some(({ phase, state }) => phase === name && state === 'undone');
  return undone ? 'taken back' : 'to do';
}

const phaseTable = (plan: Plan, history: History): string =>
  markdownTable(
    ['phase', 'state', 'steps', 'started', 'finished'],
    plan.phases.map((phase) => {
      const done = phase.steps.filter((step) => isDone(history, step)).length;
      const state = phaseState(phase, history);
      const { started, finished } = spanOf(phase, history);
      return [
        phase.name,
        state,
        `${done} of ${phase.steps.length}`,
        (state === 'in progress' || state === 'done') && started !== null ? momentText(started) : '–',
        state === 'done' && finished !== null ? momentText(finished) : '–',
      ];
    }),
  );

function spanOf({ steps }: PlannedPhase, { times }: History) {
  const known = steps.flatMap(({ id }) => times.get(id) ?? []);
  const ends = known.flatMap(({ finishedAt }) => finishedAt ?? []);
  return { started: known.map(({ startedAt }) => startedAt).sort()[0] ?? null, finished: ends.sort().at(-1) ?? null };
}

const backfills = (plan: Plan, history: History): readonly string[] =>
  fillsOf(stepsOf(plan), history).map((fill) =>
    [
      `${code(fill.mapping)}: ${number(fill.rowsDone)} of ${plural(fill.rowsTotal, 'row')}`,
      fill.rowsPerSecond !== null && fill.rowsPerSecond > 0 && `${number(Math.round(fill.rowsPerSecond))} rows/s`,
      fill.secondsLeft !== null && fill.secondsLeft > 0 && `${duration(fill.secondsLeft * 1000)} left`,
      fill.throttle !== null && `held back by ${fill.throttle}`,
    ]
      .filter(Boolean)
      .join(', '),
  );

function gateTable(plan: Plan, history: History): string {
  const approvals = history.status.gates
    .filter(({ id }) => id.startsWith('phase-'))
    .map(({ phase, open, why }) => [`a person approves the phase ${phase}`, open ? 'open' : 'closed', plain(why), '']);
  const own = plan.phases
    .flatMap(({ steps }) => steps)
    .filter((step) => step.kind === 'gate')
    .map((gate) => {
      const done = isDone(history, gate);
      const said = gateEvent(history, gate);
      const state = done ? 'passed' : said?.isOpen === false ? 'closed' : 'not reached';
      return [
        `${plain(gate.title)} (${code(gate.id)})`,
        state,
        plain(said?.why ?? ''),
        said ? momentText(said.at) : '',
      ];
    });
  const rows = [...approvals, ...own];
  return rows.length ? markdownTable(['gate', 'state', 'why', 'last looked at'], rows) : '';
}

function quarantineTable({ quarantine }: History): string {
  if (!quarantine.length) return '';
  const rows = quarantine.map((g) => [misfitPlace(g), plain(g.type), plain(g.reason), g.state, number(g.rows)]);
  return markdownTable(['column', 'type of the value', 'why', 'state', 'rows'], rows);
}

/** What the comparisons of both shapes said last. */
const verified = (plan: Plan, history: History): readonly string[] =>
  gatesOf(plan, 'parity').flatMap((gate) => {
    const said = gateEvent(history, gate);
    return said ? [`${momentText(said.at)}, ${code(gate.id)}: ${plain(said.why)}`] : [];
  });

/** Completion notes: figures of what is done. */
function measured(plan: Plan, history: History): readonly string[] {
  const done = plan.phases.filter((phase) => phaseState(phase, history) === 'done');
  return done.map((phase) => {
    const ids = new Set(phase.steps.map(({ id }) => id));
    const records = history.status.steps.filter(({ id, kind }) => ids.has(id) && kind !== 'gate');
    const waited = records.reduce((sum, { lockWaitMs }) => sum + lockWaitMs, 0);
    const retried = records.filter(({ attempts }) => attempts > 1);
    return [
      `**${phase.name}**: ${longestLockText({ ...plan, phases: [phase] }, history)}`,
      `waited ${duration(waited)} for locks`,
      ...(retried.length ? [`${plural(retried.length, 'step')} stepped aside and tried again`] : []),
      ...fillsOf(phase.steps, history).map((fill) => `${plural(fill.rowsDone, 'row')} of ${code(fill.mapping)}`),
    ].join(', ');
  });
}

/** How far the copying has come, where it has begun. */
const fillsOf = (steps: readonly PlannedStep[], history: History) =>
  steps.flatMap((step) =>
    step.kind === 'backfill' && hasBegun(history, step)
      ? history.status.backfill.filter(({ mapping }) => mapping === step.mapping)
      : [],
  );
