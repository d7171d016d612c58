import { decodeString } from 'micromark-util-decode-string';
import type { Attributes } from './tree.ts';

export type HtmlToken =
  | { readonly kind: 'open' | 'leaf'; readonly name: string; readonly attributes: Attributes }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  /** `place`: it is `<!-- -->`, which marks where nothing stands. */
  | { readonly kind: 'comment'; readonly place: boolean };

/** Where text would begin, if there were any. */
export const EMPTY_COMMENT = '<!-- -->';

const TOKEN = /<!--[^]*?-->|<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z_-]+="[^"]*")*)\s*(\/?)>|[^<]+|</giu;
const ATTRIBUTE = /([a-z_-]+)="([^"]*)"/giu;

/** HTML cut into tags, comments and the text between them. */
export function htmlTokens(html: string): readonly HtmlToken[] {
  return [...html.matchAll(TOKEN)].flatMap(([all, slash, name = '', attributes = '', end]): HtmlToken[] => {
    if (all.startsWith('<!--')) return [{ kind: 'comment', place: all === EMPTY_COMMENT }];
    if (name === '') return all.trim() === '' ? [] : [{ kind: 'text', text: decodeString(all.trim()) }];
    const lower = name.toLowerCase();
    if (slash) return [{ kind: 'close', name: lower }];
    return [{ kind: end ? 'leaf' : 'open', name: lower, attributes: readAttributes(attributes) }];
  });
}

const readAttributes = (text: string): Attributes =>
  Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name.toLowerCase(), decodeString(value)]),
  );

/** A tag that htmlTokens reads back. */
export const openTag = (name: string, attributes: Attributes, end = ''): string =>
  `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeHtml(value)}"`)
    .join('')}${end}>`;

/** Text as HTML, on one line and without anything that Markdown could take for its own. */
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"\r\n\t\\*_`~[\]]/gu, (c) => `&#${c.charCodeAt(0)};`);
