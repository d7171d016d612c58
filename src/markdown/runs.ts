import type { PhrasingContent } from 'mdast';
import { type Mark, marks, type Mention, type Run } from './block.ts';

type Look = Omit<Run, 'text'>;
const plainLook: Look = { marks: [], link: null, mention: null, equation: false };

export const plainRun = (text: string): Run => ({ ...plainLook, text });

export const textOf = (runs: readonly Run[]): string => runs.map((run) => run.text).join('');

/** What a paragraph says, as Notion's rich text: neighbours that look the same are one run. */
export function toRuns(nodes: readonly PhrasingContent[]): Run[] {
  return mergeRuns(nodes.flatMap((node) => runsOf(node, plainLook)));
}

type Readers = {
  readonly [Type in PhrasingContent['type']]: (node: Extract<PhrasingContent, { type: Type }>, look: Look) => Run[];
};

const below = ({ children }: { readonly children: readonly PhrasingContent[] }, look: Look): Run[] =>
  children.flatMap((child) => runsOf(child, look));

const readers: Readers = {
  text: ({ value }, look) => [{ ...look, text: value.replaceAll('\n', ' ') }],
  break: (_, look) => [{ ...look, text: '\n' }],
  inlineCode: ({ value }, look) => [{ ...marked(look, 'code'), text: value }],
  strong: (node, look) => below(node, marked(look, 'bold')),
  emphasis: (node, look) => below(node, marked(look, 'italic')),
  delete: (node, look) => below(node, marked(look, 'strikethrough')),
  link: (node, look) => below(node, { ...look, link: node.url }),
  image: ({ alt, url }, look) => [
    { ...look, text: alt === null || alt === undefined || alt === '' ? url : alt, link: url },
  ],
  inlineTag: (node, look) => {
    if (node.name === 'u') return below(node, marked(look, 'underline'));
    const text = textOf(below(node, look));
    if (node.name === 'math') return [{ ...look, text, equation: true }];
    const [kind = '', of = ''] = Object.entries(node.attributes)[0] ?? [];
    return isMentionKind(kind) ? [{ ...look, mention: { kind, of }, text }] : below(node, look);
  },
  footnoteReference: ({ identifier }, look) => [{ ...look, text: `[^${identifier}]` }],
  html: ({ value }, look) => [{ ...look, text: value }],
  linkReference: below,
  imageReference: ({ alt }, look) => [{ ...look, text: alt ?? '' }],
};

const runsOf = (node: PhrasingContent, look: Look): Run[] =>
  (readers as Readonly<Record<string, (node: PhrasingContent, look: Look) => Run[]>>)[node.type]?.(node, look) ?? [];

const isMentionKind = (kind: string): kind is Mention['kind'] => ['page', 'database', 'user', 'date'].includes(kind);

const marked = (look: Look, mark: Mark): Look => ({
  ...look,
  marks: marks.filter((m) => m === mark || look.marks.includes(m)),
});

/** The same with one way to say it: white space has no look, unless it is code, and a line break is no code. */
export const tidyRuns = (runs: readonly Run[]): Run[] =>
  mergeRuns(
    runs.flatMap((run) => {
      if (run.mention || run.equation)
        return [{ ...run, text: run.text.replaceAll('\n', ' '), marks: run.marks.filter((mark) => mark !== 'code') }];
      const parts = run.marks.includes('code') ? run.text.split(/(\n)/u) : [run.text];
      return parts.map((text) =>
        /\S/u.test(text) || (text !== '\n' && run.marks.includes('code')) ? { ...run, text } : plainRun(text),
      );
    }),
  );

/** One run for neighbours that look the same; none for nothing. */
export function mergeRuns(runs: readonly Run[]): Run[] {
  const result: Run[] = [];
  for (const run of runs.filter(({ text, mention }) => text !== '' || mention)) {
    const last = result.at(-1);
    if (last && !run.mention && !last.mention && !run.equation && lookKey(last) === lookKey(run))
      result[result.length - 1] = { ...last, text: last.text + run.text };
    else result.push(run);
  }
  return result;
}

const lookKey = ({ marks: own, link, equation }: Look) => JSON.stringify([own, link, equation]);
