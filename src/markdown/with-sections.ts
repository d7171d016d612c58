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
  const { flaws, sections } = markedSections(before);
  const hidden = flaws.length ? flaws : hiddenMarkers(before, sections, wanted);
  if (hidden.length) return { text: before, changes: [], flaws: hidden };
  const edited = new Edited(before, sections);
  const changes: NewText['changes'][number][] = [];
  let place = sections.find(({ key }) => wanted.some(([other]) => other === key))?.start ?? before.length;
  for (const [key, body] of wanted) {
    const how = body === null ? edited.remove(key) : edited.put(key, body, place);
    if (how !== null) changes.push({ key, how });
    place = edited.find(key)?.end ?? place;
  }
  if (!changes.length || saysAll(edited.text, wanted)) return { text: edited.text, changes, flaws: [] };
  return { text: before, changes: [], flaws: ['an open fence or tag swallows the sections'] };
}

/** Sections that would be written a second time, because an open fence or tag has swallowed them. */
const hiddenMarkers = (text: string, sections: readonly MarkedSection[], wanted: readonly WantedSection[]): string[] =>
  wanted.flatMap(([key]) =>
    text.includes(markerOf(key, false)) && !sections.some((section) => section.key === key)
      ? [`${markerOf(key, false)} is inside of code or HTML`]
      : [],
  );

/** A text with the places of its sections, which move with what is written before them: it is parsed once only. */
class Edited {
  readonly #eol: string;
  #sections: readonly MarkedSection[];

  text: string;

  constructor(text: string, sections: readonly MarkedSection[]) {
    this.text = text;
    this.#eol = text.includes('\r\n') ? '\r\n' : '\n';
    this.#sections = sections;
  }

  find(key: string): MarkedSection | undefined {
    return this.#sections.find((section) => section.key === key);
  }

  remove(key: string): 'removed' | null {
    const there = this.find(key);
    if (!there) return null;
    const { start, end } = there;
    const [gap = ''] = /^(?:\r?\n){1,2}/u.exec(this.text.slice(end)) ?? [];
    this.#replace(start, end + gap.length, '', []);
    return 'removed';
  }

  /** `place`: where it goes when it is new. */
  put(key: string, body: string, place: number): 'new' | 'changed' | null {
    const there = this.find(key);
    const section = sectionText(key, body, this.#eol);
    if (there) {
      if (saysTheSame(this.text.slice(there.bodyStart, there.bodyEnd), body)) return null;
      this.#replace(there.start, there.end, section, [placed(key, section, there.start)]);
      return 'changed';
    }
    const [above, below] = gapsAround(this.text.slice(0, place), this.text.slice(place), this.#eol);
    this.#replace(place, place, above + section + below, [placed(key, section, place + above.length)]);
    return 'new';
  }

  #replace(start: number, end: number, by: string, sections: readonly MarkedSection[]): void {
    const moved = by.length - (end - start);
    const isAbove = (section: MarkedSection) => section.end <= start;
    const below = this.#sections.filter((section) => section.start >= end).map((section) => shifted(section, moved));
    this.#sections = [...this.#sections.filter(isAbove), ...sections, ...below];
    this.text = this.text.slice(0, start) + by + this.text.slice(end);
  }
}

const placed = (key: string, section: string, start: number): MarkedSection => ({
  ...{ key, start, bodyStart: start + markerOf(key, false).length },
  ...{ bodyEnd: start + section.length - markerOf(key, true).length, end: start + section.length },
});

const shifted = ({ key, start, bodyStart, bodyEnd, end }: MarkedSection, by: number): MarkedSection => ({
  ...{ key, start: start + by, bodyStart: bodyStart + by },
  ...{ bodyEnd: bodyEnd + by, end: end + by },
});

/** The line ends that a new section needs above and below. */
function gapsAround(above: string, below: string, eol: string): readonly [string, string] {
  const ends = /(?:\r?\n)*$/u.exec(above)?.[0].split('\n').length ?? 1;
  const before = above === '' ? '' : eol.repeat(Math.max(0, 3 - ends));
  const after = below.trim() === '' && below !== '' ? '' : eol.repeat(/^\r?\n/u.test(below) || below === '' ? 1 : 2);
  return [before, /^\r?\n\r?\n/u.test(below) ? '' : after];
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
