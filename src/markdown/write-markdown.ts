import type { Nodes, Parents, Root } from 'mdast';
import { frontmatterToMarkdown } from 'mdast-util-frontmatter';
import { gfmToMarkdown } from 'mdast-util-gfm';
import { type Handle, type Info, type State, toMarkdown } from 'mdast-util-to-markdown';
import { alertOfIcon } from './alerts.ts';
import { openTag } from './html-tokens.ts';
import type { InlineTag, Tag } from './tree.ts';

/** A tree as Markdown that readMarkdown reads back as the same tree. */
export const writeMarkdown = (root: Root): string =>
  toMarkdown(root, {
    bullet: '-',
    rule: '*', // three hyphens at the very beginning would be front matter
    listItemIndent: 'one',
    emphasis: '_',
    extensions: [
      gfmToMarkdown({ tablePipeAlign: false }),
      frontmatterToMarkdown(),
      { unsafe: [{ character: '$', after: '`', inConstruct: 'phrasing' }] },
      { handlers: { tag: writeTag, inlineTag: writeInlineTag, break: writeBreak } },
    ],
  });

const writeTag: Handle = (node: Tag, parent: Parents | undefined, state: State, info: Info): string => {
  if (node.name === 'callout') return callout(node, parent, state, info);
  if (!node.children.length && node.name !== 'details') return openTag(node.name, node.attributes, '/');
  const inside = node.children.length ? `${state.containerFlow(node, info)}\n\n` : '';
  return `${openTag(node.name, node.attributes)}\n\n${inside}</${node.name}>`;
};

function callout(node: Tag, parent: Parents | undefined, state: State, info: Info): string {
  const [text, ...rest] = node.children;
  const empty = text?.type === 'paragraph' && !text.children.length;
  const quote: Nodes = { type: 'blockquote', children: empty ? rest : node.children };
  const marker = `> [!${alertOfIcon(node.attributes['icon'] ?? '')}]`;
  if (!quote.children.length) return marker;
  return [marker, ...(empty ? ['>'] : []), state.handle(quote, parent, state, info)].join('\n');
}

const writeInlineTag: Handle = (node: InlineTag, _, state: State, info: Info): string => {
  if (node.name === 'math') return `$${state.containerPhrasing(node, { ...info, before: '$', after: '$' })}$`;
  return `${openTag(node.name, node.attributes)}${state.containerPhrasing(node, { ...info, before: '>', after: '<' })}</${node.name}>`;
};

/** A backslash at the end of a line is no break in headings and cells, nor at the end of a paragraph. */
const writeBreak: Handle = (node: Nodes, parent: Parents | undefined, state: State): string => {
  const narrow =
    state.stack.includes('tableCell') || state.stack.includes('headingAtx') || parent?.type !== 'paragraph';
  const inside = parent?.children.slice(0, -1).some((child, i) => child === node && i > 0);
  return narrow || !inside ? '<br>' : '\\\n';
};
