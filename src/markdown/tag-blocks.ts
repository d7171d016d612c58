import type { BlockContent, DefinitionContent, RootContent } from 'mdast';
import { defaultIcon } from './alerts.ts';
import type { Block, mediaTypes, Run } from './block.ts';
import { firstText, heading, textBlock } from './block-parts.ts';
import { textOf } from './runs.ts';
import type { Tag, TagName } from './tree.ts';

type Below = (nodes: readonly RootContent[]) => Block[];

type Reader = (tag: Tag, below: Below) => Block[];

/** A block that starts with its text. */
const textual =
  (make: (text: readonly Run[], children: readonly Block[], tag: Tag) => Block): Reader =>
  (tag, below) => {
    const { text, children } = firstText(tag.children);
    return [make(text, below(children), tag)];
  };

const inside: Reader = ({ children }, below) => below(children);
const mediaOf =
  (type: (typeof mediaTypes)[number]): Reader =>
  (tag) => [media(type, tag)];

const readers: Readonly<Record<TagName, Reader>> = {
  details: (tag, below) => [details(tag, below)],
  summary: inside,
  callout: textual((text, children, { attributes }) => ({
    type: 'callout',
    text,
    icon: attributes['icon'] ?? defaultIcon,
    children,
  })),
  div: textual(textBlock),
  template: textual((text, children) => ({ type: 'template', text, children })),
  'synced-block': ({ attributes, children }, below) => [
    { type: 'synced_block', from: attributes['from'] ?? null, children: below(children) },
  ],
  'column-list': ({ children }, below) => [
    { type: 'column_list', children: children.map((child) => column(child, below)) },
  ],
  column: inside,
  tab: ({ children }, below) => [{ type: 'tab', children: below(children) }],
  'link-to-page': ({ attributes }) => {
    const [kind, page = ''] = Object.entries(attributes)[0] ?? [];
    return [{ type: 'link_to_page', target: kind === 'database' || kind === 'comment' ? kind : 'page', page }];
  },
  'table-of-contents': () => [{ type: 'table_of_contents' }],
  breadcrumb: () => [{ type: 'breadcrumb' }],
  bookmark: mediaOf('bookmark'),
  embed: mediaOf('embed'),
  video: mediaOf('video'),
  audio: mediaOf('audio'),
  pdf: mediaOf('pdf'),
  file: mediaOf('file'),
};

/** The blocks of a container or leaf that Markdown has no syntax for. */
export const tagBlocks = (tag: Tag, below: Below): Block[] => readers[tag.name](tag, below);

const column = (child: BlockContent | DefinitionContent, below: Below): Block => ({
  type: 'column',
  children: child.type === 'tag' && child.name === 'column' ? below(child.children) : below([child]),
});

/** A toggle, or a heading that can be folded. */
function details({ attributes, children }: Tag, below: Below): Block {
  const summary = children.find((child) => child.type === 'tag' && child.name === 'summary');
  const { text, children: inSummary } = firstText(summary?.type === 'tag' ? summary.children : []);
  const rest = below([...inSummary, ...children.filter((child) => child !== summary)]);
  const depth = Number(attributes['heading']);
  if (depth >= 1 && depth <= 4) return heading(depth, text, true, rest);
  return { type: 'toggle', text, children: rest };
}

function media(type: (typeof mediaTypes)[number], { attributes, children }: Tag): Block {
  const caption = textOf(firstText(children).text);
  return { type, url: attributes['src'] ?? '', caption, name: attributes['name'] ?? '' };
}
