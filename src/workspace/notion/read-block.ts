import { defaultIcon } from '../../markdown/alerts.ts';
import {
  bareTypes,
  type Block,
  headingTypes,
  type Mark,
  marks,
  mediaTypes,
  type Mention,
  type Run,
} from '../../markdown/block.ts';
import { mergeRuns, plainRun, textOf } from '../../markdown/runs.ts';
import { type BlockResponse, richText, type RichText } from './shapes.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Rich text of an answer; what we have no word for is its plain text. */
export const runsOf = (value: unknown): Run[] => mergeRuns((richText.safeParse(value).data ?? []).map(runOf));

function runOf({ plain_text, href, annotations = {}, mention, equation }: RichText[number]): Run {
  const own: readonly Mark[] = marks.filter((mark) => annotations[mark] === true);
  const run: Run = { ...plainRun(plain_text), marks: own, link: href ?? null };
  if (equation) return { ...run, text: equation.expression, equation: true, link: null };
  const known = mention && mentionOf(mention);
  return known ? { ...run, mention: known, link: null } : run;
}

function mentionOf(mention: Fields): Mention | null {
  const kind = mention['type'];
  if (kind === 'page' || kind === 'database' || kind === 'user')
    return { kind, of: stringOf(fieldsOf(mention[kind])['id']) };
  if (kind !== 'date') return null;
  const { start, end } = fieldsOf(mention['date']);
  return { kind, of: [start, end].filter((at) => typeof at === 'string').join('/') };
}

/** The cells of a row of a table. */
export const cellsOf = (response: BlockResponse): Run[][] => {
  const { cells } = fieldsOf(response['table_row']);
  return Array.isArray(cells) ? cells.map(runsOf) : [];
};

/** An answer as our block; null for what has no content of its own, such as an unsupported type. */
export function blockOf(
  response: BlockResponse,
  children: readonly Block[],
  rows: readonly Run[][][] = [],
): Block | null {
  const { type, id } = response;
  const content = fieldsOf(response[type]);
  const made = make(type, content, children, rows);
  return made && { ...made, id };
}

function make(type: string, content: Fields, children: readonly Block[], rows: readonly Run[][][]): Block | null {
  const text = runsOf(content['rich_text']);
  const is = <T extends string>(types: readonly T[]): T | undefined => types.find((known) => known === type);
  const plain = is(['paragraph', 'bulleted_list_item', 'numbered_list_item', 'quote', 'toggle', 'template']);
  if (plain) return { type: plain, text, children };
  const heading = is(headingTypes);
  if (heading) return { type: heading, text, toggleable: content['is_toggleable'] === true, children };
  const media = is(mediaTypes);
  if (media) return mediaBlock(media, content);
  const bare = is(bareTypes);
  if (bare) return { type: bare };
  const container = is(['column_list', 'column', 'tab']);
  if (container) return { type: container, children };
  return special(type, content, text, children, rows);
}

function special(
  type: string,
  content: Fields,
  text: readonly Run[],
  children: readonly Block[],
  rows: readonly Run[][][],
): Block | null {
  switch (type) {
    case 'to_do':
      return { type, text, checked: content['checked'] === true, children };
    case 'callout':
      return { type, text, icon: stringOf(fieldsOf(content['icon'])['emoji']) || defaultIcon, children };
    case 'code':
      return { type, code: textOf(text), language: stringOf(content['language']), caption: captionOf(content) };
    case 'equation':
      return { type, expression: stringOf(content['expression']) };
    case 'table':
      return { type, header: content['has_column_header'] === true, rows };
    case 'synced_block':
      return { type, from: stringOf(fieldsOf(content['synced_from'])['block_id']) || null, children };
    case 'link_to_page':
      return linkToPage(content);
    case 'link_preview':
      return { type: 'bookmark', url: stringOf(content['url']), caption: '', name: '' };
    default:
      return children.length ? { type: 'column', children } : null;
  }
}

const captionOf = (content: Fields): string => textOf(runsOf(content['caption']));

function mediaBlock(type: (typeof mediaTypes)[number], content: Fields): Block {
  const source = fieldsOf(content[stringOf(content['type'])]);
  const url = stringOf(content['url']) || stringOf(source['url']);
  return { type, url, caption: captionOf(content), name: stringOf(content['name']) };
}

function linkToPage(content: Fields): Block {
  const target = content['type'] === 'database_id' ? 'database' : content['type'] === 'comment_id' ? 'comment' : 'page';
  return { type: 'link_to_page', target, page: stringOf(content[`${target}_id`]) };
}
