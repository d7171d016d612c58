import type { CreatePageParameters, RichTextItemResponse } from '@notionhq/client';
import type { Fields } from './check.ts';
import { invalid, notFound } from './errors.ts';
import { renderUser } from './render-user.ts';
import type { Database, Page, RichText } from './state.ts';
import { plainTitle } from './titles.ts';
import { dashed, find, type World } from './world.ts';

type PropertyRequest = NonNullable<CreatePageParameters['properties']>[string];
type RichTextItemRequest = Extract<PropertyRequest, { rich_text: unknown }>['rich_text'][number];

const plain = {
  bold: false,
  italic: false,
  strikethrough: false,
  underline: false,
  code: false,
  color: 'default',
} as const;

/** Rich text as it is kept and shown, from how it is sent: with all that Notion fills in. */
export const toRichText = (world: World, items: unknown): RichText =>
  (items as readonly RichTextItemRequest[]).map((item) => filledIn(world, item));

export const plainTextOf = (text: RichText): string => text.map(({ plain_text }) => plain_text).join('');

export const richTextOf = (content: string): RichText => [
  {
    type: 'text',
    text: { content, link: null },
    annotations: plain,
    plain_text: content,
    href: null,
  },
];

function filledIn(world: World, item: RichTextItemRequest): RichTextItemResponse {
  const annotations = { ...plain, ...item.annotations };
  if ('equation' in item) {
    const { expression } = item.equation;
    return { type: 'equation', equation: { expression }, annotations, plain_text: expression, href: null };
  }
  if ('mention' in item) return { ...mentioned(world, item.mention), annotations };
  const { content, link } = item.text;
  const url = link?.url ?? null;
  return {
    type: 'text',
    text: { content, link: url === null ? null : { url } },
    annotations,
    plain_text: content,
    href: url,
  };
}

type MentionItem = Omit<Extract<RichTextItemResponse, { type: 'mention' }>, 'annotations'>;

const mentioned = (world: World, mention: Fields): MentionItem => {
  const kind = Object.keys(mention).find((key) => key !== 'type') ?? '';
  const read = mentions[kind];
  if (!read) throw invalid(`This server has no mentions of ${kind}.`);
  return { type: 'mention', ...read(world, mention[kind] as Readonly<Record<string, string>>) };
};

type Sent = Readonly<Record<string, string>>;
type Mentioned = Omit<MentionItem, 'type'>;

const mentions: Readonly<Record<string, (world: World, sent: Sent) => Mentioned>> = {
  user: (world, { id = '' }) => {
    const user = world.state.users[dashed(id)];
    if (!user) throw notFound('user', dashed(id));
    return { mention: { type: 'user', user: renderUser(world, user) }, plain_text: `@${user.name}`, href: null };
  },
  page: (world, { id = '' }) => {
    const page = find(world, ['page'], id);
    return { mention: { type: 'page', page: { id: page.id } }, ...asLink(page) };
  },
  database: (world, { id = '' }) => {
    const database = find(world, ['database'], id);
    return { mention: { type: 'database', database: { id: database.id } }, ...asLink(database) };
  },
  date: (_, { start = '', end = null, time_zone = null }: { readonly [key: string]: string | null }) => ({
    mention: { type: 'date', date: { start: start ?? '', end, time_zone } },
    plain_text: end === null ? (start ?? '') : `${start ?? ''} → ${end}`,
    href: null,
  }),
  template_mention: (_, { template_mention_date: day }) => ({
    mention: {
      type: 'template_mention',
      template_mention:
        day === 'today' || day === 'now'
          ? { type: 'template_mention_date', template_mention_date: day }
          : { type: 'template_mention_user', template_mention_user: 'me' },
    },
    plain_text: `@${day ?? 'me'}`,
    href: null,
  }),
};

const asLink = (thing: Page | Database): { readonly plain_text: string; readonly href: string } => ({
  plain_text: plainTitle(thing) || 'Untitled',
  href: `https://www.notion.so/${thing.id.replaceAll('-', '')}`,
});
