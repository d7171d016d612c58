import { RENAME } from './phrases.ts';
import type { Clarification, Fact, Requirements, Slot, SpecifiedColumn } from './requirements.ts';

const AS_IT_SAYS = 'As the database says.';
const AS_IT_COUNTS = 'What the database itself counts.';

type Found = Pick<Requirements, 'title' | 'facts' | 'columns' | 'sql' | 'notUnderstood'>;
/** What a database answers by itself. */
export const answeredByDatabase: ReadonlySet<string> = new Set([AS_IT_SAYS, AS_IT_COUNTS]);

/** What a person must say before the change can be planned with certainty, and what is assumed until then. */
export const clarificationsOf = (found: Found): Clarification[] => [
  ...openQuestions(found),
  ...contradictions(found),
  ...renames(found),
  ...vagueCriteria(found),
  ...gaps(found),
];

const of = (facts: readonly Fact[], slot: Slot) => facts.filter((fact) => fact.slot === slot);
const PLACEHOLDER = /\b(?:TBD|TODO|TBC|to be decided|to be defined)\b|\?\?\?/iu;

function openQuestions({ facts, notUnderstood }: Found): Clarification[] {
  const asked = of(facts, 'questions').map(({ text, line, block }): Clarification => ({
    ...{ text, question: text, line, block },
    impact: 'The specification leaves it open.',
    assumption: 'None: it waits for an answer.',
  }));
  const places = [...facts.filter(({ slot }) => slot !== 'questions'), ...notUnderstood];
  const unfinished = places.filter(
    ({ text }, i) => PLACEHOLDER.test(text) && places.findIndex((other) => other.text === text) === i,
  );
  return [
    ...asked,
    ...unfinished.map(({ text, line, block }) => ({
      ...{ text, line, block },
      question: `What goes here: “${text}”?`,
      impact: 'The specification is not finished at this place.',
      assumption: 'None: it waits for an answer.',
    })),
  ];
}

function contradictions({ facts, columns }: Found): Clarification[] {
  const downtime = of(facts, 'downtime');
  const none =
    downtime.find(({ rule }) => rule === 'phrase: no downtime') ??
    downtime.find(({ text }) => /\b(?:zero|no|none)\b/iu.test(text));
  const some = facts.find(({ rule }) => rule === 'phrase: downtime allowed');
  const result: Clarification[] = [];
  if (none && some && none.text !== some.text)
    result.push({
      ...{ text: some.text, line: some.line, block: some.block },
      question: `Is downtime allowed? “${none.text}” and “${some.text}” do not agree.`,
      impact: 'It decides how the change is made.',
      assumption: 'No downtime, the stricter of the two.',
    });
  return [...result, ...differentCounts(facts), ...differentTypes(columns)];
}

/** Two numbers of the same things. */
function differentCounts(facts: readonly Fact[]): Clarification[] {
  const counted = of(facts, 'scale').flatMap((fact) =>
    fact.measures
      .filter(({ unit }) => /^[a-z]{3,}$/u.test(unit) && !/^(?:min|requests?|events?)$/u.test(unit))
      .map((measure) => ({ fact, measure, unit: measure.unit.replace(/s$/u, '') })),
  );
  return counted.flatMap(({ fact, measure, unit }, i): Clarification[] => {
    const other = counted.slice(0, i).find((earlier) => earlier.unit === unit);
    if (!other || other.measure.value === measure.value) return [];
    return [
      {
        ...{ text: fact.text, line: fact.line, block: fact.block },
        question: `How many ${measure.unit} are there: ${other.measure.value} (“${other.fact.text}”) or ${measure.value} (“${fact.text}”)?`,
        impact: 'It decides how the data is moved and how long it takes.',
        assumption: 'What the database itself counts.',
      },
    ];
  });
}

function differentTypes(columns: readonly SpecifiedColumn[]): Clarification[] {
  const target = columns.filter(({ side, type }) => side === 'target' && type !== null);
  return target.flatMap((column, i): Clarification[] => {
    const other = target
      .slice(0, i)
      .find((earlier) => earlier.table === column.table && earlier.column === column.column);
    if (!other || other.type?.toLowerCase() === column.type?.toLowerCase()) return [];
    return [
      {
        ...{ text: column.column, line: column.line, block: column.block },
        question: `Which type is ${nameOf(column)} to have: ${other.type ?? ''} or ${column.type ?? ''}?`,
        impact: 'Two places give it different types.',
        assumption: 'None: it waits for an answer.',
      },
    ];
  });
}

const nameOf = ({ table, column }: SpecifiedColumn) => (table === null ? column : `${table}.${column}`);

/** A column that goes beside one of its type that comes may be the same one under another name. */
function renames({ title, columns, facts }: Found): Clarification[] {
  const said = [title ?? '', ...facts.map(({ text }) => text)].find((text) => RENAME.test(text));
  return columns
    .filter(({ change }) => change === 'drop')
    .flatMap((gone) => {
      const come = columns.find(
        (c) =>
          c.change === 'add' &&
          c.table === gone.table &&
          (gone.type === null || c.type?.toLowerCase() === gone.type.toLowerCase()),
      );
      if (!come) return [];
      return [
        {
          ...{ text: `${nameOf(gone)} → ${come.column}`, line: gone.line, block: gone.block },
          question: `Is ${come.column} the new name of ${nameOf(gone)}?`,
          impact: 'A rename keeps the values; a drop and an add does not.',
          assumption:
            said === undefined
              ? 'They are two columns, and nothing is dropped without being asked for.'
              : `Yes, as “${said}” says.`,
        },
      ];
    });
}

const vagueCriteria = ({ facts }: Found): Clarification[] =>
  of(facts, 'acceptance')
    .filter(({ testable }) => testable === false)
    .map(({ text, line, block }) => ({
      ...{ text, line, block },
      question: `How is it checked that “${text}”?`,
      impact: 'No check can prove it, so a person has to tick it.',
      assumption: 'A person decides.',
    }));

function gaps({ facts, columns, sql }: Found): Clarification[] {
  const has = (slot: Slot) => facts.some((fact) => fact.slot === slot);
  const shown = (side: 'current' | 'target') =>
    columns.some((column) => column.side === side) || sql.some((one) => one.side === side);
  const missing: readonly (readonly [boolean, string, string, string])[] = [
    [
      !has('current') && !shown('current'),
      'What does the schema look like now?',
      'The change starts from it.',
      AS_IT_SAYS,
    ],
    [
      !has('target') && !has('functional') && !shown('target'),
      'What should the schema look like afterwards?',
      'Nothing can be drafted without it.',
      'None: it waits for an answer.',
    ],
    [!has('scale'), 'How many rows and users are concerned?', 'It decides how the data is moved.', AS_IT_COUNTS],
    [!has('downtime'), 'May the application be stopped?', 'It decides how the change is made.', 'No: zero downtime.'],
    [!has('acceptance'), 'When is it done?', 'Nothing says what has to be checked.', 'The checks of the plan.'],
    [
      !has('rollback') && !sql.some(({ side }) => side === 'rollback'),
      'How is it taken back when it fails?',
      'It decides until when the old shape is kept.',
      'Each phase can be rolled back until the old shape is archived.',
    ],
  ];
  return missing
    .filter(([applies]) => applies)
    .map(([, question, impact, assumption]) => ({ text: '', question, impact, assumption, line: null, block: null }));
}
