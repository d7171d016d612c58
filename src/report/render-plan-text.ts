import type { Plan, PlannedPhase, PlannedStep, TableSummary } from '../plan/plan.ts';
import type { RiskLevel } from '../steps/step.ts';
import { noPaint, oneLine, type Paint, sections, WIDTH, wrap } from './text.ts';
import {
  bytesText,
  duration,
  estimateText,
  locksOf,
  lockText,
  plural,
  relationText,
  rowsText,
  shellWord,
} from './words.ts';

/** The plan in short, for a terminal: what happens, in which order, what it blocks and for how long. */
export const renderPlanText = (plan: Plan, paint: Paint = noPaint): string =>
  sections([
    `${paint.bold(oneLine(plan.migration))}  ${paint.dim(`plan ${plan.planHash.slice(0, 12)}`)}`,
    wrap(plan.summary),
    list('Tables', plan.tables.map(tableText), paint),
    ...plan.phases.map((phase) => phaseText(phase, paint)),
    riskList(plan, paint),
    list('Statements of the application that name what changes', statementLines(plan), paint),
    list('Values that do not fit', misfitLines(plan), paint),
    list(
      'Privileges that are missing',
      plan.missing.map((m) => `${m.what}: ${m.grant}`),
      paint,
    ),
    list('Good to know', plan.notes, paint),
    `Nothing has run. To run it: lockkeeper apply ${shellWord(plan.migration)}`,
  ]);

const list = (title: string, lines: readonly string[], paint: Paint): string | null =>
  lines.length ? [paint.bold(title), ...lines.map((line) => wrap(line, '  '))].join('\n') : null;

const tableText = ({ relation, rows, bytes, indexBytes, risk }: TableSummary): string =>
  `${relationText(relation)}: ${rowsText(rows)}, ${bytesText(bytes)} and ${bytesText(indexBytes)} of indexes; ${risk.level} risk, ${risk.because}`;

const phaseText = ({ name, goal, steps }: PlannedPhase, paint: Paint): string =>
  [paint.bold(name), wrap(goal, '  '), ...steps.map((step) => stepText(step, paint))].join('\n');

function stepText(step: PlannedStep, paint: Paint): string {
  const right = step.kind === 'gate' ? `gate: ${step.gate}` : `${step.risk.level} risk, ${estimateText(step.estimate)}`;
  const id = oneLine(step.id);
  const gap = ' '.repeat(Math.max(2, WIDTH - 2 - id.length - right.length));
  const fits = 2 + id.length + gap.length + right.length <= WIDTH;
  const paintRisk = step.kind === 'gate' ? paint.dim : riskPaint(paint)[step.risk.level];
  return [
    `  ${id}${fits ? `${gap}${paintRisk(right)}` : `\n      ${paintRisk(right)}`}`,
    wrap(
      step.kind === 'gate' && step.soakMs !== null ? `${step.title}: ${duration(step.soakMs)}` : step.title,
      '      ',
    ),
    ...(step.kind === 'gate' ? [] : lockLines(step)),
  ].join('\n');
}

const lockLines = (step: PlannedStep): readonly string[] => {
  const locks = locksOf(step);
  return locks.length ? locks.map((lock) => wrap(lockText(lock), '      ')) : ['      no lock on a table in use'];
};

const riskPaint = (paint: Paint): Record<RiskLevel, (text: string) => string> => ({
  high: paint.red,
  medium: paint.yellow,
  low: paint.dim,
});

function riskList({ risks }: Plan, paint: Paint): string | null {
  const shown = risks.filter(({ level }) => level !== 'low');
  if (!shown.length) return null;
  const lines = shown.map(({ level, because, mitigation }) =>
    wrap(`${because}. ${mitigation}`, `  ${level.padEnd(6)}  `),
  );
  return [paint.bold('Risks'), ...lines].join('\n');
}

function statementLines({ impact }: Plan): readonly string[] {
  if (impact.statements === null) return [`unknown: ${impact.statementsWhy}`];
  const once = impact.statements.filter(({ failsOnce }) => failsOnce).length;
  if (!impact.statements.length) return ['none that pg_stat_statements has seen'];
  return [
    `${plural(impact.statements.length, 'statement')}; ${once} will fail once with "cached plan must not change result type" where prepared`,
    'They are listed by --format markdown.',
  ];
}

function misfitLines({ misfits }: Plan): readonly string[] {
  if (misfits === null) return ['unknown: they were not counted'];
  if (!misfits.length) return [];
  return [
    ...misfits.map((m) => `${m.column} (${m.type}): ${m.reason}, ${rowsText(m.rows)}`),
    'They will be set aside in quarantine; nothing is lost.',
  ];
}
