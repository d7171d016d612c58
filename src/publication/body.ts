import type { RootContent } from 'mdast';
import { readMarkdown } from '../markdown/read-markdown.ts';
import { code, plain } from '../report/markdown.ts';
import { sections } from '../report/text.ts';
import type { Section } from './document.ts';

/** A part of a page under a heading of its own; null when there is nothing to say in it. */
export function section(key: string, heading: string, parts: readonly (string | null)[]): Section | null {
  const text = sections(parts);
  return text === '' ? null : { key, body: [...readMarkdown(`## ${heading}`).children, ...bodyOf(text)] };
}

/** Markdown that was made for a page of its own: its headings go one level down. */
function bodyOf(text: string): readonly RootContent[] {
  return readMarkdown(text).children.map((node) =>
    node.type === 'heading' ? { ...node, depth: Math.min(6, node.depth + 1) as typeof node.depth } : node,
  );
}

/** Text of ours, in which what stands between backticks is code. */
export const prose = (text: string): string =>
  text
    .split('`')
    .map((part, i) => (i % 2 ? code(part) : plain(part)))
    .join('');

export const linkTo = (key: string, text: string): string => `[${plain(text)}](lockkeeper:${key})`;

/** `2026-11-21 23:10 UTC`. */
export const momentText = (at: string): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export const dayOf = (at: string): string => new Date(at).toISOString().slice(0, 10);
