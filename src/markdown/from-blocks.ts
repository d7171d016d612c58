import type { BlockContent, DefinitionContent, ListItem, Paragraph, PhrasingContent, Root, Table } from 'mdast';
import type { Block, BlockType, Run } from './block.ts';
import { fenceLanguage, notionLanguage } from './languages.ts';
import { EMPTY_COMMENT } from './html-tokens.ts';
import { toPhrasing } from './phrasing.ts';
import type { Attributes, Tag, TagName } from './tree.ts';

type Flow = BlockContent | DefinitionContent;

/** Blocks as a Markdown tree. Each node carries the id of its block as `data.block`. */
export const fromBlocks = (blocks: readonly Block[]): Root => ({
  type: 'root',
  children: flowOf(blocks),
});

declare module 'mdast' {
  interface Data {
    /** The id of the Notion block it was read from. */
    block?: string | undefined;
  }
}

/** Neighbouring items become one list. */
function flowOf(blocks: readonly Block[]): Flow[] {
  const result: Flow[] = [];
  for (const block of blocks) {
    if (!isItem(block)) {
      result.push(withId(flow(block), block));
      continue;
    }
    const item = withId(listItem(block), block);
    const ordered = block.type === 'numbered_list_item';
    const last = result.at(-1);
    if (last?.type === 'list' && last.ordered === ordered) last.children.push(item);
    else result.push({ type: 'list', ordered, spread: false, children: [item] });
  }
  return result;
}

const withId = <Node extends Flow | ListItem>(node: Node, { id }: Block): Node =>
  id === undefined ? node : { ...node, data: { block: id } };

type ItemType = 'bulleted_list_item' | 'numbered_list_item' | 'to_do';

const isItem = (block: Block): block is Block & { readonly type: ItemType } =>
  block.type === 'bulleted_list_item' || block.type === 'numbered_list_item' || block.type === 'to_do';

function listItem(block: Block & { readonly type: ItemType }): ListItem {
  const below = flowOf(block.children);
  const spread = below.some((child) => child.type !== 'list');
  const checked = block.type === 'to_do' ? { checked: block.checked } : {};
  return { type: 'listItem', spread, ...checked, children: [paragraph(block.text), ...below] };
}

type Writers = {
  readonly [Type in Exclude<BlockType, ItemType>]: (block: Block & { readonly type: Type }) => Flow;
};

const textAndBelow = ({ text, children }: { readonly text: readonly Run[]; readonly children: readonly Block[] }) => [
  paragraph(text),
  ...flowOf(children),
];

const writers: Writers = {
  paragraph: (block) => (block.children.length ? tag('div', {}, textAndBelow(block)) : paragraph(block.text)),
  heading_1: (block) => heading(1, block),
  heading_2: (block) => heading(2, block),
  heading_3: (block) => heading(3, block),
  heading_4: (block) => heading(4, block),
  quote: (block) => ({ type: 'blockquote', children: textAndBelow(block) }),
  toggle: (block) => details({}, block),
  callout: ({ icon, text, children }) =>
    tag('callout', { icon }, [{ type: 'paragraph', children: toPhrasing(text) }, ...flowOf(children)]),
  template: (block) => tag('template', {}, textAndBelow(block)),
  code: (block) => code(block),
  equation: ({ expression }) => fence(expression, 'math', []),
  divider: () => ({ type: 'thematicBreak' }),
  breadcrumb: () => tag('breadcrumb', {}, []),
  table_of_contents: () => tag('table-of-contents', {}, []),
  image: ({ url, caption }) => ({ type: 'paragraph', children: [{ type: 'image', url, alt: caption }] }),
  video: (block) => media('video', block),
  audio: (block) => media('audio', block),
  pdf: (block) => media('pdf', block),
  file: (block) => media('file', block),
  embed: (block) => media('embed', block),
  bookmark: (block) => media('bookmark', block),
  link_to_page: ({ target, page }) => tag('link-to-page', { [target]: page }, []),
  table: (block) => table(block),
  column_list: ({ children }) => tag('column-list', {}, flowOf(children)),
  column: ({ children }) => tag('column', {}, flowOf(children)),
  tab: ({ children }) => tag('tab', {}, flowOf(children)),
  synced_block: ({ from, children }) => tag('synced-block', from === null ? {} : { from }, flowOf(children)),
};

const flow = (block: Block): Flow =>
  (writers as Readonly<Record<string, (block: Block) => Flow>>)[block.type]?.(block) ?? paragraph([]);

/** What starts with nothing would not be read back as starting at all, so a comment marks the place. */
const paragraph = (text: readonly Run[]): Paragraph => ({
  type: 'paragraph',
  children: text.length ? toPhrasing(text) : [emptyText],
});

const emptyText: PhrasingContent = { type: 'html', value: EMPTY_COMMENT };

const tag = (name: TagName, attributes: Attributes, children: Flow[]): Tag => ({
  type: 'tag',
  name,
  attributes,
  children,
});

function heading(depth: 1 | 2 | 3 | 4, { text, toggleable, children }: Extract<Block, { toggleable: boolean }>): Flow {
  if (toggleable) return details({ heading: String(depth) }, { text, children });
  return { type: 'heading', depth, children: toPhrasing(text) };
}

const details = (
  attributes: Attributes,
  { text, children }: { text: readonly Run[]; children: readonly Block[] },
): Tag => tag('details', attributes, [tag('summary', {}, [paragraph(text)]), ...flowOf(children)]);

/** The caption stands behind the language; in front of one that starts like a language comes `text`. */
function code({ code: value, language, caption }: Extract<Block, { type: 'code' }>): Flow {
  const words = caption.split(/\s+/u).filter((word) => word !== '');
  const [first, ...rest] = words;
  if (language !== 'plain text') return fence(value, fenceLanguage(language), words);
  if (first === undefined) return fence(value, null, []);
  if (notionLanguage(first) !== null || first === 'math') return fence(value, 'text', words);
  return fence(value, first, rest);
}

const fence = (value: string, lang: string | null, meta: readonly string[]): Flow => ({
  type: 'code',
  value,
  lang,
  meta: meta.length ? meta.join(' ') : null,
});

function media(name: TagName, { url, caption, name: file }: Extract<Block, { url: string }>): Tag {
  const attributes = { src: url, ...(file === '' ? {} : { name: file }) };
  const children: Paragraph[] =
    caption === '' ? [] : [{ type: 'paragraph', children: [{ type: 'text', value: caption }] }];
  return tag(name, attributes, children);
}

function table({ header, rows }: Extract<Block, { type: 'table' }>): Table {
  const width = Math.max(1, ...rows.map((row) => row.length));
  const head = Array.from({ length: width }, (): Run[] => []);
  return {
    type: 'table',
    children: (header ? rows : [head, ...rows]).map((cells) => ({
      type: 'tableRow',
      children: Array.from({ length: width }, (_, i) => ({ type: 'tableCell', children: toPhrasing(cells[i] ?? []) })),
    })),
  };
}
