import { type Block as Content, marks, type Mention, type Run } from '../../src/markdown/block.ts';
import { blockRequest, type BlockRequest, rowRequest } from '../../src/markdown/block-request.ts';
import { fromBlocks } from '../../src/markdown/from-blocks.ts';
import { withinLimits } from '../../src/markdown/limits.ts';
import { readMarkdown } from '../../src/markdown/read-markdown.ts';
import { toBlocks } from '../../src/markdown/to-blocks.ts';
import { writeMarkdown } from '../../src/markdown/write-markdown.ts';
import { type Fields, isFields } from './check.ts';
import { plainTextOf } from './rich-text.ts';
import type { Block, RichText } from './state.ts';
import { childrenOf, type World } from './world.ts';

/** The blocks that Markdown stands for, as they would be sent, however deep. */
export const blocksOfMarkdown = (markdown: string): readonly BlockRequest[] =>
  withinLimits(toBlocks(readMarkdown(markdown))).map(requestOf);

function requestOf(block: Content): BlockRequest {
  const rows = block.type === 'table' ? block.rows.map(rowRequest) : [];
  return blockRequest(block, 'children' in block ? block.children.map(requestOf) : rows);
}

/** Rich text, as it would be sent, of Markdown that is one paragraph. */
export function inlineMarkdown(markdown: string): unknown {
  const [first] = blocksOfMarkdown(markdown);
  return first?.type === 'paragraph' ? (first['paragraph'] as Fields)['rich_text'] : [{ text: { content: markdown } }];
}

export const markdownOf = (world: World, blocks: readonly Block[]): string =>
  writeMarkdown(fromBlocks(blocks.map((block) => contentOf(world, block)))).trimEnd();

function contentOf(world: World, { id, type, content }: Block): Content {
  const children = childrenOf(world, id, 'block').map((child) => contentOf(world, child));
  const shown: Record<string, unknown> = { type, children };
  for (const [key, value] of Object.entries(content)) Object.assign(shown, members(key, value, content));
  if (type === 'table') {
    shown['rows'] = childrenOf(world, id, 'block').map((row) => (row.content['cells'] as RichText[]).map(runsOf));
    shown['header'] = content['has_column_header'];
  }
  if (type === 'code') shown['code'] = plainTextOf(content['rich_text'] as RichText);
  if (['image', 'video', 'audio', 'pdf', 'file', 'embed', 'bookmark'].includes(type)) shown['name'] ??= '';
  return shown as unknown as Content;
}

/** What a member of a block's content is called in the codec. */
function members(key: string, value: unknown, { type }: Fields): object {
  if (key === 'rich_text') return { text: runsOf(value as RichText) };
  if (key === 'caption') return { caption: plainTextOf(value as RichText) };
  if (key === 'icon') return { icon: isFields(value) && typeof value['emoji'] === 'string' ? value['emoji'] : '💡' };
  if (key === 'is_toggleable') return { toggleable: value };
  if (key === 'external') return { url: (value as Fields)['url'] };
  if (key === 'synced_from') return { from: isFields(value) ? value['block_id'] : null };
  if (key === type && key.endsWith('_id')) return { target: key.slice(0, -3), page: value };
  return ['checked', 'language', 'expression', 'url', 'name'].includes(key) ? { [key]: value } : {};
}

const runsOf = (text: RichText): Run[] =>
  text.map((item) => ({
    text: item.plain_text,
    marks: marks.filter((mark) => item.annotations[mark]),
    link: item.type === 'text' ? (item.text.link?.url ?? null) : null,
    mention: item.type === 'mention' ? mentionOf(item.mention) : null,
    equation: item.type === 'equation',
  }));

function mentionOf(mention: Extract<RichText[number], { type: 'mention' }>['mention']): Mention | null {
  if (mention.type === 'page') return { kind: 'page', of: mention.page.id };
  if (mention.type === 'database') return { kind: 'database', of: mention.database.id };
  if (mention.type === 'user') return { kind: 'user', of: mention.user.id };
  if (mention.type !== 'date') return null;
  return { kind: 'date', of: [mention.date.start, mention.date.end].filter((day) => day !== null).join('/') };
}
