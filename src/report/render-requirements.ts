import { type Fact, type Requirements, type Slot, slots, type SpecifiedColumn } from '../spec/requirements.ts';
import { noPaint, oneLine, type Paint, sections, wrap } from './text.ts';

const headings: Readonly<Record<Slot, string>> = {
  summary: 'Summary',
  current: 'Current state',
  target: 'Target state',
  functional: 'Functional requirements',
  nonfunctional: 'Non-functional requirements',
  compatibility: 'Compatibility',
  downtime: 'Downtime',
  scale: 'Scale',
  performance: 'Performance',
  acceptance: 'Acceptance criteria',
  rollback: 'Rollback',
  rollout: 'Rollout',
  dependencies: 'Dependencies',
  exclusions: 'Not asked for',
  risks: 'Risks',
  questions: 'Open questions',
  alternatives: 'Alternatives, not asked for',
  priority: 'Priority',
};

/** What a specification asks for, each fact with its line and the rule that found it; then what has to be clarified. */
export function renderRequirements(found: Requirements, paint: Paint = noPaint): string {
  const { title, source, facts, columns, sql, notUnderstood, clarifications } = found;
  const section = (heading: string, items: readonly string[]) =>
    items.length ? [paint.bold(heading), ...items].join('\n') : null;
  return sections([
    paint.bold(oneLine(title ?? source)),
    ...slots.map((slot) =>
      section(
        headings[slot],
        facts.filter((f) => f.slot === slot).map((f) => factText(f, paint)),
      ),
    ),
    section(
      'Columns',
      columns.map((c) => `${lineOf(c)}${columnText(c)} ${paint.dim(`(${c.rule})`)}`),
    ),
    section(
      'SQL found in it: a proposal, never run',
      sql.map(
        (s) =>
          `${lineOf(s)}${s.side}: ${oneLine(s.sql)}${s.statement === null ? paint.yellow(' (PostgreSQL’s parser does not take it)') : ''}`,
      ),
    ),
    section(
      'Not understood',
      notUnderstood.map((n) => wrap(n.text, lineOf(n))),
    ),
    section(
      'Clarifications needed',
      clarifications.map((c) =>
        [wrap(c.question, lineOf(c)), wrap(`${c.impact} Until then: ${c.assumption}`, ' '.repeat(8))].join('\n'),
      ),
    ),
  ]);
}

const factText = ({ id, text, priority, testable, rule, line, block }: Fact, paint: Paint): string => {
  const told = [
    id === null ? '' : `${id}: `,
    text,
    priority === null ? '' : ` [${priority}]`,
    testable === false ? ' [vague]' : '',
  ];
  return `${wrap(told.join(''), lineOf({ line, block }))} ${paint.dim(`(${oneLine(rule)})`)}`;
};

/** The line, as wide as most are. */
const lineOf = ({ line }: { readonly line: number | null; readonly block: string | null }): string =>
  `  ${line === null ? '-' : String(line)}`.padEnd(8);

const columnText = ({ table, column, type, nullable, default: value, change, side }: SpecifiedColumn): string =>
  oneLine(
    [
      `${side}:`,
      ...(change === 'is' ? [] : [change]),
      table === null ? column : `${table}.${column}`,
      ...(type === null ? [] : [type]),
      ...(nullable === false ? ['NOT NULL'] : []),
      ...(value === null ? [] : [`DEFAULT ${value}`]),
    ].join(' '),
  );
