import type { BlockContent, DefinitionContent, Html, PhrasingContent, RootContent } from 'mdast';
import { htmlTokens, type HtmlToken } from './html-tokens.ts';
import { type InlineTag, inlineTagNames, type Tag, tagNames } from './tree.ts';

type Flow = BlockContent | DefinitionContent;

interface Open<Child> {
  readonly token: Extract<HtmlToken, { kind: 'open' | 'leaf' }>;
  readonly html: Html;
  readonly children: Child[];
}

const isTagName = (name: string): name is Tag['name'] => tagNames.some((known) => known === name);
const isInlineName = (name: string): boolean => inlineTagNames.some((known) => known === name);

/** Tags and comments of HTML blocks become containers around what stands between them; other HTML stays as it is. */
export function foldTags<Node extends RootContent>(nodes: readonly Node[]): (Node | Flow)[] {
  return fold<Node | Flow>(nodes, {
    known: isTagName,
    text: (value, html) => ({ type: 'paragraph', children: [{ type: 'text', value }], ...placeOf(html) }),
    close: ({ token, html, children }) => ({
      type: 'tag',
      name: token.name as Tag['name'],
      attributes: token.attributes,
      children: children as Flow[],
      ...placeOf(html),
    }),
    empty: (html) => ({ type: 'paragraph', children: [{ type: 'break' }], ...placeOf(html) }),
    place: (html) => [{ type: 'paragraph', children: [], ...placeOf(html) }],
  });
}

/** The same within a paragraph; `<br>` is a line break. */
export const foldInlineTags = (nodes: readonly PhrasingContent[]): PhrasingContent[] =>
  fold<PhrasingContent>(nodes, {
    known: isInlineName,
    text: (value) => ({ type: 'text', value }),
    close: ({ token, html, children }) => ({
      type: 'inlineTag',
      name: token.name as InlineTag['name'],
      attributes: token.attributes,
      children,
      ...placeOf(html),
    }),
    empty: () => ({ type: 'break' }),
    place: () => [],
  });

const placeOf = ({ position }: Html) => (position ? { position } : {});

interface Folding<Child> {
  readonly known: (name: string) => boolean;
  readonly text: (value: string, html: Html) => Child;
  readonly close: (open: Open<Child>) => Child;
  /** What `<br>` stands for. */
  readonly empty: (html: Html) => Child;
  /** What `<!-- -->` stands for. */
  readonly place: (html: Html) => readonly Child[];
}

function fold<Child extends { type: string }>(nodes: readonly Child[], folding: Folding<Child>): Child[] {
  const result: Child[] = [];
  const stack: Open<Child>[] = [];
  const add = (...children: readonly Child[]) => (stack.at(-1)?.children ?? result).push(...children);
  const unwrap = () => add(...(stack.pop()?.children ?? []));
  const take = (token: HtmlToken, html: Html) => {
    if (token.kind === 'text') add(folding.text(token.text, html));
    else if (token.kind === 'comment') add(...(token.place ? folding.place(html) : []));
    else if (token.name === 'br') add(folding.empty(html));
    else if (token.kind === 'leaf') add(folding.close({ token, html, children: [] }));
    else if (token.kind === 'open') stack.push({ token, html, children: [] });
    else if (stack.some((open) => open.token.name === token.name)) {
      while (stack.at(-1)?.token.name !== token.name) unwrap();
      const open = stack.pop();
      if (open) add(folding.close(open));
    }
  };
  for (const node of nodes) {
    const tokens = isHtml(node) ? htmlTokens(node.value) : [];
    if (isHtml(node) && tokens.every((token) => isKnown(token, folding.known)))
      for (const token of tokens) take(token, node);
    else add(node);
  }
  while (stack.length) unwrap();
  return result;
}

const isHtml = (node: { type: string }): node is Html => node.type === 'html';

const isKnown = (token: HtmlToken, known: (name: string) => boolean): boolean =>
  token.kind === 'comment' || token.kind === 'text' || token.name === 'br' || known(token.name);
