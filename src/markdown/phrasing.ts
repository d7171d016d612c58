import type { PhrasingContent } from 'mdast';
import { tidyRuns } from './runs.ts';
import type { Mark, Run } from './block.ts';

/** Rich text as a tree: neighbours that share a mark are inside the same node. */
export const toPhrasing = (runs: readonly Run[]): PhrasingContent[] => nest(tidyRuns(runs), wrappers);

interface Wrapper {
  readonly key: (run: Run) => string | null;
  readonly wrap: (key: string, children: PhrasingContent[]) => PhrasingContent;
}

const wrapperOf = (mark: Mark, wrap: Wrapper['wrap']): Wrapper => ({
  key: (run) => (run.marks.includes(mark) ? mark : null),
  wrap,
});

/** The outermost first. */
const wrappers: readonly Wrapper[] = [
  { key: (run) => run.link, wrap: (url, children) => ({ type: 'link', url, children: children }) },
  wrapperOf('underline', (_, children) => ({ type: 'inlineTag', name: 'u', attributes: {}, children })),
  wrapperOf('bold', (_, children) => ({ type: 'strong', children })),
  wrapperOf('italic', (_, children) => ({ type: 'emphasis', children })),
  wrapperOf('strikethrough', (_, children) => ({ type: 'delete', children })),
];

function nest(runs: readonly Run[], [wrapper, ...inner]: readonly Wrapper[]): PhrasingContent[] {
  if (!wrapper) return runs.flatMap(leaves);
  const groups: { key: string | null; runs: Run[] }[] = [];
  for (const run of runs) {
    const key = wrapper.key(run);
    const last = groups.at(-1);
    if (last && last.key === key) last.runs.push(run);
    else groups.push({ key, runs: [run] });
  }
  return groups.flatMap(({ key, runs: group }) => {
    const children = nest(group, inner);
    return key === null ? children : [wrapper.wrap(key, children)];
  });
}

function leaves({ text, marks, mention, equation }: Run): PhrasingContent[] {
  if (equation) return [{ type: 'inlineTag', name: 'math', attributes: {}, children: lines(text, true) }];
  if (mention)
    return [
      {
        type: 'inlineTag',
        name: 'mention',
        attributes: { [mention.kind]: mention.of },
        children: lines(text, marks.includes('code')),
      },
    ];
  return lines(text, marks.includes('code'));
}

const lines = (text: string, code: boolean): PhrasingContent[] =>
  text
    .split('\n')
    .flatMap((line, i): PhrasingContent[] => [
      ...(i ? [{ type: 'break' } as const] : []),
      ...(line === ''
        ? []
        : [code ? ({ type: 'inlineCode', value: line } as const) : ({ type: 'text', value: line } as const)]),
    ]);
