import type { Plan, PlannedPhase, PlannedStep } from '../plan/plan.ts';
import { block, bullets, code, markdownTable, numbered, plain } from '../report/markdown.ts';
import { changes, movement } from '../report/plan-changes.ts';
import { downtime as downtimeText, gateText, stepTable, totalText } from '../report/render-plan-markdown.ts';
import { bytesText, duration, rowsText, relationText, shellWord } from '../report/words.ts';
import type { Requirements } from '../spec/requirements.ts';
import { linkTo, prose, section } from './body.ts';
import {
  checkboxes,
  gatesOf,
  longestLock,
  longestLockText,
  newShapes,
  oldShapes,
  shownBy,
  stepsOf,
} from './criteria.ts';
import type { Section } from './document.ts';
import { type History, percentDone } from './history.ts';
import * as notes from './task-notes.ts';
import type { Task } from './tasks.ts';
import { type Trace, isAskedFor } from './trace.ts';

/** What the sections of a plan are made from. */
export interface PlanInput {
  readonly plan: Plan;
  readonly requirements: Requirements;
  readonly history: History;
  readonly traces: readonly Trace[];
  readonly tasks: readonly Task[];
}

export const overview = ({ plan, requirements, history }: PlanInput): Section | null => {
  const about = requirements.facts.filter(({ slot }) => slot === 'summary' || slot === 'current' || slot === 'target');
  return section('overview', 'Overview', [
    plain(plan.summary),
    about.length
      ? `${linkTo('specification', requirements.title ?? 'The specification')} says:`
      : `It carries out ${linkTo('specification', requirements.title ?? 'the specification')}.`,
    about.length ? bullets(about.map(({ slot, text }) => `**${slot}**: ${plain(text)}`)) : null,
    markdownTable(
      ['migration', 'done', 'plan', 'PostgreSQL', 'tables'],
      [
        [
          code(plan.migration),
          `${percentDone(plan, history)} %`,
          code(plan.planHash.slice(0, 12)),
          String(plan.serverMajor),
          plan.tables
            .map((t) => `${code(relationText(t.relation))}: ${rowsText(t.rows)}, ${bytesText(t.bytes)}`)
            .join('; '),
        ],
      ],
    ),
    plan.notes.length ? 'Good to know:' : null,
    plan.notes.length ? bullets(plan.notes.map(prose)) : null,
  ]);
};

export const schemaChanges = ({ plan }: PlanInput): Section | null => {
  const created = stepsOf(plan).filter(
    (step) => step.phase === 'expand' && (step.kind === 'ddl' || step.kind === 'concurrently'),
  );
  return section('schema', 'Schema changes', [
    ...changes(plan),
    ...(created.length
      ? ['## What is added', block('sql', created.map((s) => ('sql' in s ? `${s.sql};` : '')).join('\n\n'))]
      : []),
    ...movement(plan),
  ]);
};

/** Each phase is a section of its own, so that a person can write below it. */
export const phases = ({ plan }: PlanInput): readonly (Section | null)[] =>
  plan.phases.map((phase, i) => {
    const gates = phase.steps.filter((step) => step.kind === 'gate');
    const actions = phase.steps.filter((step) => step.kind !== 'gate');
    return section(`phase-${phase.name}`, `Phase ${i + 1}: ${phase.name}`, [
      `**Goal**: ${plain(phase.goal)}`,
      '**Steps**:',
      actions.length ? stepTable(actions) : 'None.',
      `**Gates**: ${gates.length ? `\n\n${bullets(gates.map(gateText))}` : 'none.'}`,
      `**Rollback**: ${rollbackOf(phase, plan)}`,
      `**Estimate**: ${actions.length ? totalText(actions) : 'no work'}${waits(phase)}.`,
    ]);
  });

function rollbackOf({ name, steps }: PlannedPhase, plan: Plan): string {
  const undos = steps.filter((step) => 'undo' in step && step.undo !== null);
  const before = plan.phases[plan.phases.findIndex((phase) => phase.name === name) - 1];
  const command = code(`lockkeeper rollback ${shellWord(plan.migration)}${before ? ` --to ${before.name}` : ''}`);
  return undos.length
    ? `${command} undoes ${undos
        .reverse()
        .map(({ id }) => code(id))
        .join(', then ')}.`
    : `${command}; there is nothing to take back.`;
}

const waits = ({ steps }: PlannedPhase): string => {
  const soak = steps.find((step) => step.kind === 'gate' && step.gate === 'soak');
  const people = steps.filter((step) => step.kind === 'gate' && ['contract-approval', 'backup'].includes(step.gate));
  return [
    soak && 'soakMs' in soak && soak.soakMs !== null ? `, after ${duration(soak.soakMs)} with reads switched` : '',
    people.length ? ', and the time until a person opens its gates' : '',
  ].join('');
};

/** Statements of the application, and objects in the database. */
export const queries = ({ plan }: PlanInput): Section | null => {
  const { statements, statementsWhy, dependants } = plan.impact;
  const known = statements ?? [];
  return section('queries', 'Queries and code to update', [
    plan.mappings.length
      ? `Code that uses ${oldShapes(plan)} has to use ${newShapes(plan)} before contract. ${linkTo(`${plan.migration}/write-code`, 'Writing')} and ${linkTo(`${plan.migration}/read-queries`, 'reading')} have a task each.`
      : 'No column changes, so no code has to.',
    statements === null ? `Which statements use it is unknown: ${plain(statementsWhy)}` : null,
    statements !== null && plan.mappings.length && !known.length
      ? `No statement that uses it has been seen. ${plain(statementsWhy)}`
      : null,
    ...known.map(notes.queryText),
    ...(dependants.length
      ? [
          '## Objects in the database',
          bullets(
            dependants.map(
              ({ kind, name, columns }) =>
                `${kind} ${code(name)}${columns.length ? `: ${columns.map(code).join(', ')}` : ''}`,
            ),
          ),
        ]
      : []),
  ]);
};

export const rollback = ({ plan, requirements }: PlanInput): Section | null => {
  const said = requirements.facts.filter(({ slot }) => slot === 'rollback').filter(isAskedFor);
  return section('rollback', 'Rollback plan', [
    said.length ? `The specification asks: ${said.map(({ text }) => `“${plain(text)}”`).join('; ')}` : null,
    numbered([
      `**Application**: deploy the version before${plan.mappings.length ? '; it works with both shapes until contract' : ''}.`,
      '**Migration**: take phases back, as far as needed.',
      '**Backup**: the last resort, which loses what was written after it.',
    ]),
    notes.rollback(plan),
  ]);
};

export const downtime = ({ plan, history }: PlanInput): Section | null =>
  section('downtime', 'Estimated downtime', [
    downtimeText(plan),
    longestLock(plan, history) === null ? null : `Measured so far: ${longestLockText(plan, history)}.`,
  ]);

export const timeline = ({ plan }: PlanInput): Section | null =>
  section('timeline', 'Timeline', [
    markdownTable(
      ['phase', 'takes', 'starts when', 'waits for'],
      plan.phases.map(({ name, steps }, i) => [
        name,
        actionsTime(steps),
        i === 0
          ? 'somebody applies it'
          : `${plan.phases[i - 1]?.name ?? ''} is done${name === 'switch' ? ' and new code is deployed' : ''}`,
        steps
          .filter((step) => step.kind === 'gate')
          .map(gateText)
          .join('; ') || 'nothing',
      ]),
    ),
  ]);

const actionsTime = (steps: readonly PlannedStep[]): string => {
  const actions = steps.filter((step) => step.kind !== 'gate');
  return actions.length ? totalText(actions) : 'no time';
};

export const successCriteria = ({ plan, history, traces }: PlanInput): Section | null => {
  const gates = gatesOf(plan, 'parity', 'quarantine', 'old-shape-unused', 'soak', 'backup', 'contract-approval');
  const asked = traces.filter(({ checks, slots }) => checks.length && slots.includes('acceptance'));
  const judged = traces.filter(
    ({ checks, slots }) => !checks.length && (slots.includes('acceptance') || slots.includes('performance')),
  );
  return section('success', 'Success criteria', [
    checkboxes(
      [
        shownBy('Every step is done', stepsOf(plan)),
        ...gates.map((gate) => shownBy(`${plain(gate.title)} (${code(gate.id)})`, [gate])),
        ...asked.map(({ id, text, checks }) => shownBy(`${plain(id)}: ${plain(text)}`, checks)),
      ],
      history,
    ),
    judged.length ? 'No check of this program shows these; a person judges them:' : null,
    judged.length ? bullets(judged.map(({ id, text }) => `${plain(id)}: ${plain(text)}`)) : null,
  ]);
};
