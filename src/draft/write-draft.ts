import { Document, isMap, isPair, isScalar, type Node } from 'yaml';
import type { Clarification, ProposedSql, Slot } from '../spec/requirements.ts';
import type { DraftedOperation, Said, Traced, Unsupported } from './draft.ts';
import { printable } from './printable.ts';

export interface Written {
  readonly name: string;
  readonly title: string | null;
  readonly source: string;
  readonly operations: readonly DraftedOperation[];
  readonly questions: readonly Clarification[];
  readonly unsupported: readonly Unsupported[];
  readonly proposals: readonly ProposedSql[];
  readonly requirements: readonly Traced[];
}

/** The migration as YAML: what is asked first, then the operations, each with what it is for. */
export function writeDraft(draft: Written): string {
  const { name, title, source, operations } = draft;
  const doc = new Document(
    {
      version: 1,
      name,
      ...(title === null ? {} : { description: title }),
      spec: source,
      operations: operations.map(({ kind, fields }) => ({ [kind]: fields })),
    },
    { aliasDuplicateObjects: false },
  );
  doc.commentBefore = head(draft).map(comment).join('\n');
  operations.forEach((operation, i) => annotate(doc, operation, i));
  return printable(doc);
}

/** Nothing that a page or a database says ends a comment or steers a terminal. */
const comment = (text: string): string =>
  text === '' ? '' : ` ${text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trimEnd()}`;

const quoted = ({ text, line }: Said): string => `${line === null ? '' : `line ${line} `}“${shortened(text)}”`;

const shortened = (text: string): string => (text.length > 160 ? `${text.slice(0, 159)}…` : text);

function head({ source, questions, unsupported, proposals, requirements, operations }: Written): readonly string[] {
  const section = (title: string, lines: readonly string[]) => (lines.length ? ['', title, ...lines] : []);
  return [
    `Drafted by lockkeeper from ${source}. Nothing was run, and nothing of that page ever is.`,
    'Read it, settle the questions, correct what is wrong; then plan it.',
    ...section(
      'Questions. Until somebody answers, what is assumed holds.',
      questions.flatMap(({ question, impact, assumption, line }, i) => [
        `${i + 1}. ${line === null ? '' : `(line ${line}) `}${question}`,
        `   ${impact} Assumed: ${assumption}`,
      ]),
    ),
    ...section(
      'Asked for, and not in this migration:',
      unsupported.map((one) => `- ${one.what}: ${quoted(one)}. ${one.why}`),
    ),
    ...section(
      'SQL in the page, a proposal that was only read:',
      proposals.map(
        ({ sql, line, side }) => `- ${side}, ${quoted({ text: sql.replaceAll(/\s+/gu, ' '), line, block: null })}`,
      ),
    ),
    ...section('What meets each requirement:', operations.length ? requirements.map(requirementLine) : []),
  ];
}

/** What is measured or judged rather than done. */
const judged: ReadonlySet<Slot> = new Set(['performance', 'nonfunctional', 'acceptance'] as const);

function requirementLine(one: Traced): string {
  const { slot, operations, phases, gates, checks } = one;
  const parts = [
    operations.length
      ? `operation ${operations.join(', ')}`
      : judged.has(slot)
        ? 'no check proves it, so a person has to'
        : 'nothing in this migration',
    ...(phases.length ? [`phases ${phases.join(', ')}`] : []),
    ...(gates.length ? [`gates ${gates.join(', ')}`] : []),
    ...checks,
  ];
  return `- ${one.id === null ? '' : `${one.id} `}${quoted(one)}: ${parts.join('; ')}`;
}

/** Puts the reasons where they belong. */
function annotate(doc: Document, { because, comments, kind }: DraftedOperation, i: number): void {
  const entry = doc.getIn(['operations', i], true) as Node | undefined;
  const whole = comments.filter(({ path }) => !path.length).map(({ text }) => text);
  if (entry) entry.commentBefore = [...because.map(quoted), ...whole].map(comment).join('\n');
  for (const { path, text } of comments.filter(({ path: at }) => at.length)) {
    const at = ['operations', i, kind, ...path];
    const parent = doc.getIn(at.slice(0, -1), true);
    const pair = isMap(parent)
      ? parent.items.find((p) => isPair(p) && isScalar(p.key) && p.key.value === path.at(-1))
      : undefined;
    if (pair && isMap(pair.value)) pair.value.flow = true;
    if (pair?.value && (isMap(pair.value) || isScalar(pair.value))) pair.value.comment = comment(text);
  }
}
