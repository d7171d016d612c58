import { oneLine } from './text.ts';

/** Plain text that Markdown shows as it is: nothing in it becomes markup, a table's edge or HTML. */
export const plain = (text: string): string =>
  oneLine(text)
    .replaceAll(/[\\`*_{}[\]<>|~#]/gu, '\\$&')
    .replaceAll(/(^|\s)([-+]|\d+[.)])(?=\s)/gu, '$1\\$2');

/** Text between backticks, more of them than it holds itself; a pipe must not end a table's cell. */
export function code(text: string): string {
  const shown = oneLine(text);
  if (shown.trim() === '') return '';
  const fence = fenceFor(shown, 1);
  const space = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${space}${shown.replaceAll('|', '\\|')}${space}${fence}`;
}

/** A block of code whose fence is longer than any in it. */
export function block(language: string, text: string): string {
  const fence = fenceFor(text, 3);
  return `${fence}${language}\n${text}\n${fence}`;
}

function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  return '`'.repeat(Math.max(least, longest + 1));
}

/** Cells are Markdown already: made by `plain` or `code`. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export const bullets = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

export const numbered = (items: readonly string[]): string => items.map((item, i) => `${i + 1}. ${item}`).join('\n');

export const ticked = (items: readonly (readonly [done: boolean, text: string])[]): string =>
  items.map(([done, text]) => `- [${done ? 'x' : ' '}] ${text}`).join('\n');
