import type { Plan } from '../plan/plan.ts';
import { code, markdownTable, plain } from '../report/markdown.ts';
import { number } from '../report/numbers.ts';
import { plural, shellWord } from '../report/words.ts';
import type { Risk } from '../steps/step.ts';
import { prose, section } from './body.ts';
import { gatesOf, oldShapes, stepsOf } from './criteria.ts';
import type { Section } from './document.ts';
import { isDone } from './history.ts';
import type { PlanInput } from './plan-sections.ts';

/** Markdown in every cell. */
interface Row {
  readonly risk: string;
  readonly probability: string;
  readonly impact: string;
  readonly mitigation: string;
}

/** What can go wrong, how likely that is here, what it would do, and what is done about it. */
export const risks = (input: PlanInput): Section | null => {
  const { plan, requirements } = input;
  const rows = [
    ...values(input),
    ...oldCode(input),
    ...failsOnce(plan),
    ...plan.risks.flatMap((risk) => own(risk, plan)),
  ];
  const said = requirements.facts
    .filter(({ slot }) => slot === 'risks')
    .map(({ text }): Row => ({
      risk: plain(text),
      probability: 'not said',
      impact: 'not said',
      mitigation: 'as the specification says',
    }));
  const all = [...rows, ...said];
  return section('risks', 'Risks', [
    all.length
      ? markdownTable(
          ['risk', 'probability', 'impact', 'mitigation'],
          all.map((r) => [r.risk, r.probability, r.impact, r.mitigation]),
        )
      : 'None was found.',
  ]);
};

function values({ plan, history }: PlanInput): readonly Row[] {
  if (!plan.mappings.length) return [];
  const expected = plan.misfits?.reduce((sum, { rows }) => sum + rows, 0) ?? null;
  const open = history.quarantine.filter(({ state }) => state === 'open').reduce((sum, { rows }) => sum + rows, 0);
  const settled = gatesOf(plan, 'quarantine').every((gate) => isDone(history, gate));
  const probability =
    open > 0
      ? `certain: ${plural(open, 'value')} are in quarantine`
      : settled
        ? 'over: every one is settled'
        : expected === null
          ? 'unknown: they were not counted'
          : expected > 0
            ? `certain: ${number(expected)} in ${plural(plan.misfits?.length ?? 0, 'place')}`
            : 'low: every value fits today';
  return [
    {
      risk: 'Values do not fit the new shape',
      probability,
      impact: 'medium: the new shape shows a fallback in their place, and contract waits',
      mitigation: `No statement of the application fails. Originals are kept; ${code(`lockkeeper quarantine list ${shellWord(plan.migration)}`)} shows the places.`,
    },
  ];
}

function oldCode({ plan, history }: PlanInput): readonly Row[] {
  const gates = gatesOf(plan, 'old-shape-unused');
  if (!gates.length) return [];
  const known = plan.impact.statements?.length ?? null;
  const users = plan.impact.dependants.length;
  const probability = gates.every((gate) => isDone(history, gate))
    ? 'over: nobody uses it'
    : known === null
      ? 'unknown: statements are not counted'
      : known + users > 0
        ? `certain until it is changed: ${plural(known, 'statement')} and ${plural(users, 'object')} use it`
        : 'low: no statement that uses it was seen';
  return [
    {
      risk: `Code that uses ${oldShapes(plan)} is still there when it is archived`,
      probability,
      impact: 'high: that code fails',
      mitigation:
        'Contract looks whether anybody used it since reads were switched, and waits. Rollback brings it back with current values.',
    },
  ];
}

function failsOnce({ impact }: Plan): readonly Row[] {
  const found = impact.statements?.filter((statement) => statement.failsOnce).length ?? 0;
  if (!found) return [];
  return [
    {
      risk: 'Prepared statements fail once with "cached plan must not change result type"',
      probability: `certain where they are prepared: ${plural(found, 'statement')}`,
      impact: 'low: the next try works',
      mitigation: 'Drivers retry, or name the columns in place of an asterisk.',
    },
  ];
}

/** The plan's own. What needs no mitigation is no risk. A gate before the step makes it unlikely. */
function own({ level, because, mitigation }: Risk, plan: Plan): readonly Row[] {
  if (level === 'low') return [];
  const step = stepsOf(plan).find(({ risk }) => risk.because === because && risk.level === level);
  const gates = stepsOf(plan).filter(({ kind, phase }) => kind === 'gate' && phase === step?.phase).length;
  return [
    {
      risk: `${step ? `${plain(step.title)}: ` : ''}${plain(because)}`,
      probability: gates ? `low: behind ${plural(gates, 'gate')}` : 'medium',
      impact: level,
      mitigation: prose(mitigation),
    },
  ];
}
