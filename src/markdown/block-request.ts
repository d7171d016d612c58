import { limits, pieces } from './limits.ts';
import type { Block, BlockType, Run } from './block.ts';

/** A block as the Notion API takes it. */
export interface BlockRequest {
  readonly object: 'block';
  readonly type: BlockType | 'table_row';
  readonly [type: string]: unknown;
}

/** One block with children that were made into requests before. */
export function blockRequest(block: Block, children: readonly BlockRequest[]): BlockRequest {
  const below = children.length ? { children } : {};
  const make = (content: object): BlockRequest => ({ object: 'block', type: block.type, [block.type]: content });
  if ('toggleable' in block)
    return make({ rich_text: richText(block.text), is_toggleable: block.toggleable, ...below });
  if ('checked' in block) return make({ rich_text: richText(block.text), checked: block.checked, ...below });
  if ('icon' in block)
    return make({ rich_text: richText(block.text), icon: { type: 'emoji', emoji: block.icon }, ...below });
  if ('text' in block) return make({ rich_text: richText(block.text), ...below });
  if ('code' in block)
    return make({ rich_text: plainText(block.code), language: block.language, caption: plainText(block.caption) });
  if ('expression' in block) return make({ expression: block.expression });
  if ('url' in block) return make(mediaContent(block));
  if ('page' in block) return make({ type: `${block.target}_id`, [`${block.target}_id`]: block.page });
  if ('rows' in block) {
    const width = Math.max(1, ...block.rows.map((row) => row.length));
    return make({ table_width: width, has_column_header: block.header, has_row_header: false, ...below });
  }
  if ('from' in block) return make({ synced_from: block.from === null ? null : { block_id: block.from }, ...below });
  return make(below);
}

export const rowRequest = (cells: readonly (readonly Run[])[]): BlockRequest => ({
  object: 'block',
  type: 'table_row',
  table_row: { cells: cells.map(richText) },
});

function mediaContent({ type, url, caption, name }: Extract<Block, { url: string }>): object {
  const captioned = caption === '' ? {} : { caption: plainText(caption) };
  if (type === 'embed' || type === 'bookmark') return { url, ...captioned };
  return { type: 'external', external: { url }, ...captioned, ...(name === '' ? {} : { name }) };
}

const plainText = (text: string): object[] =>
  (text === '' ? [] : pieces(text, limits.characters)).map((content) => ({ type: 'text', text: { content } }));

const richText = (runs: readonly Run[]): object[] => runs.map(richTextItem);

function richTextItem({ text, marks, link, mention, equation }: Run): object {
  const annotations = marks.length ? { annotations: Object.fromEntries(marks.map((mark) => [mark, true])) } : {};
  if (equation) return { type: 'equation', equation: { expression: text }, ...annotations };
  if (mention) return { type: 'mention', mention: mentionContent(mention), ...annotations };
  return { type: 'text', text: { content: text, link: link === null ? null : { url: link } }, ...annotations };
}

function mentionContent({ kind, of }: NonNullable<Run['mention']>): object {
  if (kind !== 'date') return { [kind]: { id: of } };
  const [start, end] = of.split('/');
  return { date: { start, ...(end === undefined ? {} : { end }) } };
}
