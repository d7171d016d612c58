import type { RichText } from '../state.ts';

/** Text that is HTML already; everything else is escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | readonly Part[];

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/gu, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);

const written = (part: Part): string => {
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(written).join('') : escaped(String(part));
};

export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((text, i) => text + written(parts[i] ?? '')).join(''));

/** Addresses of the workspace lead into the view. */
export const linkTo = (url: string): string => {
  const [, id] = /^https:\/\/www\.notion\.so\/(?:.*-)?([\da-f]{32})$/u.exec(url) ?? [];
  if (id !== undefined) return `/view/${id}`;
  return /^(?:https?:|mailto:|\/)/u.test(url) ? url : '#';
};

export const richHtml = (text: RichText): Html =>
  html`${text.map(({ plain_text, href, annotations }) => {
    let shown = html`${plain_text.split('\n').flatMap((line, i) => (i ? [html`<br />`, line] : [line]))}`;
    if (annotations.code) shown = html`<code>${shown}</code>`;
    if (annotations.bold) shown = html`<b>${shown}</b>`;
    if (annotations.italic) shown = html`<i>${shown}</i>`;
    if (annotations.strikethrough) shown = html`<s>${shown}</s>`;
    if (annotations.underline) shown = html`<u>${shown}</u>`;
    return href === null ? shown : html`<a href="${linkTo(href)}">${shown}</a>`;
  })}`;
