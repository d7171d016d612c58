import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontMatterEnd } from './front-matter.ts';

/** A part of a text between `<!-- lockkeeper:KEY -->` and `<!-- /lockkeeper:KEY -->`, as offsets in it. */
export interface MarkedSection {
  readonly key: string;
  readonly start: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly end: number;
}

export interface MarkedText {
  readonly sections: readonly MarkedSection[];
  /** What is wrong with the markers, with its line; then `sections` cannot be trusted. */
  readonly flaws: readonly string[];
}

interface Marker {
  readonly closes: boolean;
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** The sections of a Markdown text. A marker stands on a line of its own, outside of lists, quotes and code. */
export function markedSections(text: string): MarkedText {
  const sections: MarkedSection[] = [];
  const flaws: string[] = [];
  let open: Marker | null = null;
  const flaw = ({ start, closes, key }: Marker, what: string) => {
    const line = text.slice(0, start).split(/\r\n|\r|\n/u).length;
    flaws.push(`line ${line}: ${markerOf(key, closes)} ${what}`);
  };
  for (const marker of markersIn(text)) {
    if (!marker.closes) {
      if (open) flaw(open, 'has no end');
      if (sections.some(({ key }) => key === marker.key)) flaw(marker, 'is there twice');
      open = marker;
    } else if (open?.key !== marker.key) flaw(marker, 'has no beginning');
    else {
      sections.push({
        ...{ key: open.key, start: open.start, bodyStart: open.end },
        ...{ bodyEnd: marker.start, end: marker.end },
      });
      open = null;
    }
  }
  if (open) flaw(open, 'has no end');
  return { sections, flaws };
}

export const markerOf = (key: string, closes: boolean): string => `<!-- ${closes ? '/' : ''}lockkeeper:${key} -->`;

const MARKER = /^[ \t]*<!--[ \t]*(\/?)lockkeeper:(\S+?)[ \t]*-->[ \t]*\r?$/gmu;

function markersIn(text: string): Marker[] {
  const from = frontMatterEnd(text);
  return fromMarkdown(text.slice(from)).children.flatMap((node) => {
    if (node.type !== 'html') return [];
    const start = from + (node.position?.start.offset ?? 0);
    const html = text.slice(start, from + (node.position?.end.offset ?? 0));
    return [...html.matchAll(MARKER)].map((found): Marker => ({
      closes: found[1] === '/',
      key: found[2] ?? '',
      start: start + found.index,
      end: start + found.index + found[0].trimEnd().length,
    }));
  });
}

/** The text with every section blanked out, each line where it was. */
export function withoutSections(text: string): string {
  const { sections, flaws } = markedSections(text);
  if (flaws.length) return text;
  return sections.reduceRight(
    (rest, { start, end }) =>
      rest.slice(0, start) + rest.slice(start, end).replaceAll(/[^\r\n]/gu, '') + rest.slice(end),
    text,
  );
}
