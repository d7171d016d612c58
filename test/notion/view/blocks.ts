import type { Fields } from '../check.ts';
import { plainTextOf } from '../rich-text.ts';
import type { Block, Database, Page, RichText } from '../state.ts';
import { plainTitle } from '../titles.ts';
import { childrenOf, shownBelow, type World } from '../world.ts';
import { html, Html, linkTo, richHtml } from './html.ts';

type Child = Block | Page | Database;

/** What is below a page or a block; neighbouring items are one list. */
export function blocksHtml(world: World, thing: Child): Html {
  const children = childrenOf(world, shownBelow(thing), 'block', 'page', 'database');
  const groups: { readonly type: string; readonly items: Child[] }[] = [];
  for (const child of children) {
    const type = child.kind === 'block' ? child.type : child.kind;
    const last = groups.at(-1);
    if (last?.type === type) last.items.push(child);
    else groups.push({ type, items: [child] });
  }
  return html`${groups.map(({ type, items }) => {
    const shown = items.map((item) => blockHtml(world, item));
    if (type === 'bulleted_list_item')
      return html`<ul>
        ${shown}
      </ul>`;
    if (type === 'numbered_list_item')
      return html`<ol>
        ${shown}
      </ol>`;
    return html`${shown}`;
  })}`;
}

function blockHtml(world: World, thing: Child): Html {
  if (thing.kind !== 'block') {
    const icon = thing.kind === 'page' ? '📄' : '🗂️';
    return html`<p>${icon} <a href="/view/${thing.id}">${plainTitle(thing) || 'Untitled'}</a></p>`;
  }
  const write = writers[thing.type] ?? plain;
  const text = (thing.content['rich_text'] ?? []) as RichText;
  return write({
    content: thing.content,
    text: richHtml(text),
    below: () => blocksHtml(world, thing),
    world,
    block: thing,
  });
}

const firstText = (...values: readonly unknown[]): string =>
  values.find((value): value is string => typeof value === 'string') ?? '';

interface Shown {
  readonly content: Fields;
  readonly text: Html;
  readonly below: () => Html;
  readonly world: World;
  readonly block: Block;
}

const plain = ({ text, below }: Shown): Html =>
  html`<div class="block">
    <p>${text}</p>
    <div class="below">${below()}</div>
  </div>`;
const item = ({ text, below }: Shown): Html => html`<li>${text}${below()}</li>`;
const details = (shown: Shown): Html =>
  html`<details open>
    <summary>${shown.text}</summary>
    <div class="below">${shown.below()}</div>
  </details>`;

const heading =
  (level: number) =>
  (shown: Shown): Html => {
    const tag = new Html(`h${level + 1}`);
    const title = html`<${tag}>${shown.text}</${tag}>`;
    return shown.content['is_toggleable'] === true ? details({ ...shown, text: title }) : title;
  };

function media({ content, block }: Shown): Html {
  const url = firstText(content['url'], (content['external'] as Fields | undefined)?.['url']);
  const caption = plainTextOf((content['caption'] ?? []) as RichText);
  const name = typeof content['name'] === 'string' ? content['name'] : url;
  if (block.type === 'image')
    return html`<figure>
      <img src="${linkTo(url)}" alt="${caption}" />
      <figcaption>${caption}</figcaption>
    </figure>`;
  return html`<p>🔗 <a href="${linkTo(url)}">${caption || name}</a></p>`;
}

function table({ content, block, world }: Shown): Html {
  const rows = childrenOf(world, block.id, 'block').map(({ content: row }) => row['cells'] as readonly RichText[]);
  const cell = (tag: 'th' | 'td') => (text: RichText) => html`<${new Html(tag)}>${richHtml(text)}</${new Html(tag)}>`;
  const row = (cells: readonly RichText[], i: number) =>
    html`<tr>
      ${cells.map(cell(i === 0 && content['has_column_header'] === true ? 'th' : 'td'))}
    </tr>`;
  return html`<table>
    ${rows.map(row)}
  </table>`;
}

const writers: Readonly<Record<string, (shown: Shown) => Html>> = {
  bulleted_list_item: item,
  numbered_list_item: item,
  to_do: ({ content, text, below }) => {
    const box =
      content['checked'] === true
        ? html`<input type="checkbox" checked disabled />`
        : html`<input type="checkbox" disabled />`;
    return html`<div class="to-do">
      <label>${box} ${text}</label>
      <div class="below">${below()}</div>
    </div>`;
  },
  quote: ({ text, below }) => html`<blockquote>${text}${below()}</blockquote>`,
  callout: ({ content, text, below }) => {
    const icon = (content['icon'] ?? {}) as Fields;
    return html`<aside>
      <span>${firstText(icon['emoji'], '💡')}</span>
      <div>${text}${below()}</div>
    </aside>`;
  },
  toggle: details,
  template: details,
  heading_1: heading(1),
  heading_2: heading(2),
  heading_3: heading(3),
  heading_4: heading(4),
  code: ({ content, text }) => html`<pre><code class="language-${String(content['language'])}">${text}</code></pre>`,
  equation: ({ content }) => html`<pre><code>${String(content['expression'])}</code></pre>`,
  divider: () => html`<hr />`,
  breadcrumb: () => html``,
  table_of_contents: () => html``,
  image: media,
  video: media,
  audio: media,
  pdf: media,
  file: media,
  embed: media,
  bookmark: media,
  link_to_page: ({ content, world }) => {
    const id = firstText(content['page_id'], content['database_id']);
    const thing = world.state.things[id];
    const title = thing && thing.kind !== 'block' ? plainTitle(thing) : id;
    return html`<p>↗ <a href="/view/${id}">${title}</a></p>`;
  },
  table,
  column_list: ({ below }) => html`<div class="columns">${below()}</div>`,
  column: ({ below }) => html`<div>${below()}</div>`,
  tab: ({ below }) => below(),
  synced_block: ({ below }) => below(),
};
