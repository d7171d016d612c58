import { markedSections, markerOf, type MarkedSection } from './marked-sections.ts';
import { readMarkdown } from './read-markdown.ts';
import { writeMarkdown } from './write-markdown.ts';

/** What a section is to say, as Markdown; null to take it out. */
export type WantedSection = readonly [key: string, body: string | null];

export interface NewText {
  readonly text: string;
  readonly changes: readonly { readonly key: string; readonly how: 'new' | 'changed' | 'removed' }[];
  /** Why it cannot be done; the text is then as it was. */
  readonly flaws: readonly string[];
}

/** The text with these sections, in this order where they are new. All between them stays byte for byte, and so does a section that says the same already. */
export function withSections(before: string, wanted: readonly WantedSection[]): NewText {
  const { flaws } = markedSections(before);
  const hidden = flaws.length ? flaws : hiddenMarkers(before, wanted);
  if (hidden.length) return { text: before, changes: [], flaws: hidden };
  const changes: NewText['changes'][number][] = [];
  let text = before;
  let place: number | null = null;
  for (const [key, body] of wanted) {
    const there = find(text, key);
    const changed = body === null ? without(text, there) : withSection(text, key, body, place ?? firstOf(text, wanted));
    if (changed !== text) changes.push({ key, how: body === null ? 'removed' : there ? 'changed' : 'new' });
    text = changed;
    place = find(text, key)?.end ?? place;
  }
  if (saysAll(text, wanted)) return { text, changes, flaws: [] };
  return { text: before, changes: [], flaws: ['an open fence or tag swallows the sections'] };
}

/** Sections that would be written a second time, because an open fence or tag has swallowed them. */
const hiddenMarkers = (text: string, wanted: readonly WantedSection[]): string[] =>
  wanted.flatMap(([key]) =>
    !find(text, key) && text.includes(markerOf(key, false))
      ? [`${markerOf(key, false)} is inside of code or HTML`]
      : [],
  );

const find = (text: string, key: string): MarkedSection | undefined =>
  markedSections(text).sections.find((section) => section.key === key);

const without = (text: string, there: MarkedSection | undefined): string =>
  there ? text.slice(0, there.start) + text.slice(there.end).replace(/^(?:\r?\n){1,2}/u, '') : text;

/** `place`: where it goes when it is new. */
function withSection(text: string, key: string, body: string, place: number): string {
  const there = find(text, key);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const section = sectionText(key, body, eol);
  if (!there) return insert(text, place, section, eol);
  if (saysTheSame(text.slice(there.bodyStart, there.bodyEnd), body)) return text;
  return text.slice(0, there.start) + section + text.slice(there.end);
}

const firstOf = (text: string, wanted: readonly WantedSection[]): number =>
  markedSections(text).sections.find(({ key }) => wanted.some(([other]) => other === key))?.start ?? text.length;

function insert(text: string, at: number, section: string, eol: string): string {
  const [above, below] = [text.slice(0, at), text.slice(at)];
  const ends = /(?:\r?\n)*$/u.exec(above)?.[0].split('\n').length ?? 1;
  const before = above === '' ? '' : eol.repeat(Math.max(0, 3 - ends));
  const after = below.trim() === '' && below !== '' ? '' : eol.repeat(/^\r?\n/u.test(below) || below === '' ? 1 : 2);
  return above + before + section + (/^\r?\n\r?\n/u.test(below) ? '' : after) + below;
}

const sectionText = (key: string, body: string, eol: string): string =>
  [markerOf(key, false), ...(body === '' ? [] : [body]), markerOf(key, true)].join('\n\n').replaceAll('\n', eol);

/** Formatters may have written it in another way. */
const saysTheSame = (one: string, other: string): boolean =>
  one.replaceAll('\r\n', '\n').trim() === other.trim() || canonical(one) === canonical(other);

const canonical = (text: string): string => writeMarkdown(readMarkdown(text));

function saysAll(text: string, wanted: readonly WantedSection[]): boolean {
  const { sections, flaws } = markedSections(text);
  return (
    !flaws.length &&
    wanted.every(([key, body]) => {
      const found = sections.find((section) => section.key === key);
      return body === null ? !found : found && saysTheSame(text.slice(found.bodyStart, found.bodyEnd), body);
    })
  );
}
