import type { Plan, PlannedStep } from '../plan/plan.ts';
import { bullets, code, markdownTable, plain } from '../report/markdown.ts';
import { number } from '../report/numbers.ts';
import { plural } from '../report/words.ts';
import type { Place } from '../spec/requirements.ts';
import { section } from './body.ts';
import { longestLockText, measuredText } from './criteria.ts';
import type { Section } from './document.ts';
import { isDone } from './history.ts';
import type { PlanInput } from './plan-sections.ts';
import { notAskedFor, type Trace } from './trace.ts';

/** Each requirement, what of the plan meets it, what shows that, and what it showed. */
export const requirements = (input: PlanInput): Section | null => {
  const left = notAskedFor(input.requirements);
  const dependencies = input.requirements.facts.filter(({ slot }) => slot === 'dependencies');
  return section('requirements', 'Requirements', [
    input.traces.length
      ? markdownTable(
          ['id', 'requirement', 'where', 'met by', 'shown by', 'evidence'],
          input.traces.map((trace) => [
            plain(trace.id),
            `${plain(trace.text)}${trace.priority === null ? '' : ` (${trace.priority})`}`,
            placeText(trace),
            listed(trace.steps, input.plan) || '**nothing in this migration**',
            listed(trace.checks, input.plan) || (trace.steps.length ? 'no check: a person judges it' : '–'),
            evidence(trace, input),
          ]),
        )
      : 'The specification asks for nothing that was understood as a requirement.',
    ...(dependencies.length ? ['It depends on:', bullets(dependencies.map(({ text }) => plain(text)))] : []),
    ...(left.length ? ['Not asked for, and not done:', bullets(left.map(({ text }) => plain(text)))] : []),
  ]);
};

const placeText = ({ line, block }: Place): string =>
  line === null ? (block === null ? '–' : 'in the page') : `line ${line}`;

const SHOWN = 4;

/** A phase whose steps are all among them is named as a whole; of many others, the first. */
function listed(steps: readonly PlannedStep[], { phases }: Plan): string {
  const all = phases.flatMap((phase) => phase.steps);
  if (all.every((step) => step.kind === 'gate' || steps.includes(step))) return 'every step';
  const whole = phases.filter((phase) => phase.steps.length > 2 && phase.steps.every((step) => steps.includes(step)));
  const single = steps.filter(({ phase }) => !whole.some(({ name }) => name === phase));
  const shown = single.length > SHOWN ? single.slice(0, SHOWN - 1) : single;
  const rest = single.length - shown.length;
  return [
    ...whole.map(({ name }) => `all of ${code(name)}`),
    ...shown.map(({ id }) => code(id)),
    ...(rest ? [`${rest} more`] : []),
  ].join(', ');
}

/** What was measured, once every check is done. */
function evidence(trace: Trace, { plan, history }: PlanInput): string {
  if (!trace.checks.length) return '–';
  const missing = trace.checks.filter((step) => !isDone(history, step));
  if (missing.length)
    return missing.length === trace.checks.length
      ? 'not yet'
      : `${trace.checks.length - missing.length} of ${trace.checks.length} checks`;
  if (trace.slots.includes('downtime')) return `shown: ${longestLockText(plan, history)}${sizeText(trace, plan)}`;
  const told = trace.checks.slice(-1).map((step) => measuredText(step, history));
  return `shown: ${told.join('; ') || 'done'}${trace.slots.includes('scale') ? sizeText(trace, plan) : ''}`;
}

/** Whether the tables are as large as the specification says; what was shown was shown at their size. */
function sizeText({ measures }: Trace, { tables }: Plan): string {
  const rows = Math.max(-1, ...tables.map((table) => table.rows));
  const wanted = measures.find(
    ({ unit, comparison }) => comparison !== '<=' && /^(?:users?|rows?|records?|customers?|accounts?)$/u.test(unit),
  );
  if (!wanted || rows < 0 || rows >= wanted.value) return '';
  return `, with ${plural(rows, 'row')} in the largest table: the ${number(wanted.value)} of the specification were not reached`;
}

/** What people have to answer, and what the plan assumes until they do. */
export const clarifications = ({
  requirements: { clarifications: asked, notUnderstood },
  traces,
}: PlanInput): Section | null => {
  const unmet = traces.filter(({ steps }) => !steps.length);
  return section('clarifications', 'Clarifications needed', [
    asked.length
      ? markdownTable(
          ['question', 'where', 'why it matters', 'assumed until then'],
          asked.map((c) => [plain(c.question), placeText(c), plain(c.impact), plain(c.assumption)]),
        )
      : null,
    unmet.length ? 'Nothing in this migration meets these. Is that meant, or is a part missing?' : null,
    unmet.length ? bullets(unmet.map(({ id, text }) => `${plain(id)}: ${plain(text)}`)) : null,
    notUnderstood.length ? 'Not understood, and therefore not in the plan:' : null,
    notUnderstood.length ? bullets(notUnderstood.map((n) => `${placeText(n)}: ${plain(n.text)}`)) : null,
  ]);
};
