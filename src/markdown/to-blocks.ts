import type { Code, ListItem, Root, RootContent, Table } from 'mdast';
import type { Block } from './block.ts';
import { firstText, heading, paragraph, textBlock } from './block-parts.ts';
import { notionLanguage } from './languages.ts';
import { plainRun, textOf, toRuns } from './runs.ts';
import { tagBlocks } from './tag-blocks.ts';

/** The blocks that show what a Markdown tree says; front matter and comments are left out. */
export const toBlocks = (root: Root): Block[] => blocksOf(root.children);

const blocksOf = (nodes: readonly RootContent[]): Block[] => nodes.flatMap(blocksOfNode);

type Readers = { readonly [Type in RootContent['type']]?: (node: Extract<RootContent, { type: Type }>) => Block[] };

const readers: Readers = {
  paragraph: ({ children }) => [paragraph(children)],
  heading: ({ depth, children }) => [heading(depth, toRuns(children))],
  list: ({ children, ordered }) => children.map((item) => listItem(item, ordered === true)),
  blockquote: ({ children }) => {
    const { text, children: below } = firstText(children);
    return [{ type: 'quote', text, children: blocksOf(below) }];
  },
  code: (node) => [code(node)],
  table: (node) => [table(node)],
  thematicBreak: () => [{ type: 'divider' }],
  tag: (node) => tagBlocks(node, blocksOf),
  footnoteDefinition: ({ identifier, children }) => {
    const { text, children: below } = firstText(children);
    return [textBlock([plainRun(`[^${identifier}]: `), ...text], blocksOf(below))];
  },
  html: ({ value }) => [textBlock([plainRun(value)])],
  yaml: () => [],
  definition: () => [],
};

const blocksOfNode = (node: RootContent): Block[] =>
  (readers as Readonly<Record<string, ((node: RootContent) => Block[]) | undefined>>)[node.type]?.(node) ?? [];

function listItem(item: ListItem, ordered: boolean): Block {
  const { text, children } = firstText(item.children);
  const below = blocksOf(children);
  if (typeof item.checked === 'boolean') return { type: 'to_do', text, checked: item.checked, children: below };
  return { type: ordered ? 'numbered_list_item' : 'bulleted_list_item', text, children: below };
}

/** A language that Notion does not know is kept in the caption. */
function code({ lang, meta, value }: Code): Block {
  if (lang === 'math') return { type: 'equation', expression: value };
  const language = notionLanguage(lang ?? 'text');
  const caption = [language === null ? lang : null, meta].filter((part) => typeof part === 'string').join(' ');
  return { type: 'code', code: value, language: language ?? 'plain text', caption };
}

/** A head without a word in it is no head. */
function table({ children }: Table): Block {
  const rows = children.map((row) => row.children.map((cell) => toRuns(cell.children)));
  const width = Math.max(1, ...rows.map((row) => row.length));
  const padded = rows.map((row) => [...row, ...Array.from({ length: width - row.length }, () => [])]);
  const header = padded[0]?.some((cell) => textOf(cell) !== '') ?? false;
  return { type: 'table', header, rows: header ? padded : padded.slice(1) };
}
