import type { Plan, PlannedGate, PlannedPhase, PlannedStep } from '../plan/plan.ts';
import type { MigrationStatus } from './document-schemas.ts';
import { bullets, code, markdownTable, numbered, plain } from './markdown.ts';
import { checklist } from './plan-checklist.ts';
import { changes, currentSchema, impact, movement } from './plan-changes.ts';
import { sections } from './text.ts';
import { blocks, blocksSomething, duration, estimateText, holds, locksOf, relationText, shellWord } from './words.ts';

/** The planning document. With the migration's status, what has been approved by now is ticked. */
export const renderPlanMarkdown = (plan: Plan, status: MigrationStatus | null = null): string =>
  sections([
    `# Plan: ${plain(plan.migration)}`,
    `Plan ${code(plan.planHash)} for PostgreSQL ${plan.serverMajor}.`,
    '## Summary',
    plain(plan.summary),
    plan.notes.length ? bullets(plan.notes.map(plain)) : null,
    ...currentSchema(plan),
    ...changes(plan),
    ...movement(plan),
    ...impact(plan),
    '## Pre-deployment checklist',
    checklist(plan, status),
    '## Estimated downtime',
    downtime(plan),
    '## Risks',
    risks(plan),
    '## Rollback plan',
    rollback(plan),
    '## Phases',
    `The SQL of every step, and its undo: ${code(`lockkeeper plan ${shellWord(plan.migration)} --format sql`)}.`,
    ...plan.phases.flatMap(phaseSections),
  ]);

export function downtime(plan: Plan): string {
  const blocking = plan.phases
    .flatMap(({ steps }) => steps)
    .flatMap((step) =>
      locksOf(step)
        .filter(blocksSomething)
        .map((lock) => ({ step, lock })),
    );
  if (!blocking.length) return 'None. No step blocks reads or writes.';
  const rows = blocking.map(({ step, lock }) => [
    code(step.id),
    code(relationText(lock.relation)),
    `${blocks(lock)} ${holds(lock)}`,
    lock.holds === 'instant' ? 'milliseconds' : estimateText(step.estimate),
  ]);
  return sections([
    'None. The steps below make statements wait, and no longer than their lock budget: a lock that is not had at once is asked for again later.',
    markdownTable(['step', 'table', 'blocks', 'for'], rows),
  ]);
}

const risks = ({ risks: found }: Plan): string =>
  found.length
    ? markdownTable(
        ['level', 'risk', 'mitigation'],
        found.map(({ level, because, mitigation }) => [level, plain(because), plain(mitigation)]),
      )
    : 'None was found.';

function rollback({ migration, phases, mappings }: Plan): string {
  const word = shellWord(migration);
  const names = phases.map(({ name }) => name);
  const command = (text: string) => code(`lockkeeper ${text}`);
  return numbered([
    `**Application**: deploy the version before. ${
      names.includes('switch')
        ? `Reads go back at once with ${command(`reads ${word} old`)}.`
        : 'It works with both shapes.'
    }`,
    `**Migration**: ${command(`rollback ${word} --to PHASE`)} undoes the steps after that phase in reverse, and ${command(`rollback ${word}`)} all of them. ${
      mappings.length ? 'No write made through either shape is lost.' : 'Each undo stands beside its step.'
    }`,
    `**Restore**: ${
      names.includes('contract')
        ? `what contract archives comes back with ${command('archive list')} and ${command('archive restore ID')} until it is purged; `
        : ''
    }a backup is the last resort, and loses what was written after it.`,
  ]);
}

const phaseSections = ({ name, goal, steps }: PlannedPhase): readonly string[] => {
  const gates = steps.filter((step) => step.kind === 'gate');
  const actions = steps.filter((step) => step.kind !== 'gate');
  const undos = actions.filter((step) => 'undo' in step && step.undo !== null).reverse();
  return [
    `### ${name}`,
    plain(goal),
    `Gates: ${gates.length ? gates.map(gateText).join('; ') : 'none'}.`,
    ...(actions.length ? [stepTable(actions), `Takes ${totalText(actions)}.`] : []),
    `Rollback: ${undos.length ? `undoes ${undos.map((step) => code(step.id)).join(', then ')}` : 'nothing to take back'}.`,
  ];
};

export const gateText = ({ id, title, soakMs }: PlannedGate): string =>
  `${code(id)} ${plain(title)}${soakMs === null ? '' : ` (${duration(soakMs)})`}`;

export const stepTable = (steps: readonly PlannedStep[]): string =>
  markdownTable(
    ['step', 'what', 'lock', 'blocks', 'risk', 'takes'],
    steps.map((step) => [
      code(step.id),
      plain(step.title),
      locksOf(step)
        .map((lock) => `${lock.mode} on ${code(relationText(lock.relation))} ${holds(lock)}`)
        .join('; ') || 'none',
      locksOf(step)
        .filter(blocksSomething)
        .map((lock) => `${blocks(lock)} of ${code(relationText(lock.relation))}`)
        .join('; ') || 'nothing',
      `${step.risk.level}: ${plain(step.risk.because)}`,
      `${estimateText(step.estimate)} (${plain(step.estimate.basis)})`,
    ]),
  );

export function totalText(steps: readonly PlannedStep[]): string {
  const known = steps.map(({ estimate }) => estimate.seconds);
  if (known.some((value) => value === null)) return 'an unknown time: not every step can be estimated';
  return estimateText({ seconds: known.reduce<number>((sum, value) => sum + (value ?? 0), 0), basis: '' });
}
