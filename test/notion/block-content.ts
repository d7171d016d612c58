import type { Fields } from './check.ts';
import { toRichText } from './rich-text.ts';
import type { World } from './world.ts';
import { dashed } from './world.ts';

const textTypes = /^(?:paragraph|.*_list_item|quote|toggle|to_do|callout|template|heading_.)$/u;
const mediaTypes = /^(?:image|video|pdf|audio|file)$/u;

/** What a new block says before it says anything. */
function defaults(type: string): Fields {
  const color = { color: 'default' };
  if (type === 'template') return { rich_text: [] };
  if (type === 'paragraph') return { rich_text: [], ...color, icon: null };
  if (type === 'callout') return { rich_text: [], ...color, icon: { type: 'emoji', emoji: '💡' } };
  if (type === 'to_do') return { rich_text: [], ...color, checked: false };
  if (type.startsWith('heading_')) return { rich_text: [], ...color, is_toggleable: false };
  if (textTypes.test(type)) return { rich_text: [], ...color };
  if (type === 'code') return { rich_text: [], caption: [], language: 'plain text' };
  if (type === 'table') return { has_column_header: false, has_row_header: false };
  if (type === 'table_of_contents') return color;
  if (mediaTypes.test(type) || type === 'embed' || type === 'bookmark') return { caption: [] };
  return {};
}

const isRichText = (key: string): boolean => key === 'rich_text' || key === 'caption';

/** What a block shows, from what was sent for it; `old` is what it said before. */
export function contentOf(world: World, type: string, sent: Fields, old: Fields = defaults(type)): Fields {
  const { children: _, ...own } = sent;
  const content = Object.entries(own).map(([key, value]) => [key, converted(world, key, value)]);
  const merged = { ...old, ...(Object.fromEntries(content) as Fields) };
  if (mediaTypes.test(type))
    return { ...merged, type: 'external', ...(type === 'file' ? { name: fileName(merged) } : {}) };
  if (type !== 'link_to_page') return merged;
  const target = Object.keys(own).find((key) => key !== 'type') ?? 'page_id';
  return { type: target, [target]: dashed(String(own[target])) };
}

function converted(world: World, key: string, value: unknown): unknown {
  if (isRichText(key)) return toRichText(world, value);
  if (key === 'cells') return (value as unknown[]).map((cell) => toRichText(world, cell));
  if (key === 'icon') return withType(value as Fields);
  if (key === 'synced_from' && value !== null)
    return { type: 'block_id', block_id: dashed(String((value as Fields)['block_id'])) };
  return value;
}

/** An icon or a cover with its type, which may be left out. */
export function withType(value: Fields): Fields {
  const type = Object.keys(value).find((key) => key !== 'type') ?? '';
  return { type, [type]: value[type] };
}

function fileName({ name, external }: Fields): string {
  if (typeof name === 'string') return name;
  return (
    String((external as Fields)['url'])
      .split(/[/?#]/u)
      .findLast((part) => part !== '') ?? ''
  );
}
