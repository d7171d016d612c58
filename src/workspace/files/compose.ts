import type { RootContent } from 'mdast';
import { type Field, frontMatterOf, withFields } from '../../markdown/front-matter.ts';
import { mapLinks } from '../../markdown/map-links.ts';
import { markedSections } from '../../markdown/marked-sections.ts';
import { type WantedSection, withSections } from '../../markdown/with-sections.ts';
import { writeMarkdown } from '../../markdown/write-markdown.ts';
import type { Document } from '../../publication/document.ts';
import { KEY_FIELD } from './folder.ts';
import { linkTo, relativeTo } from './place.ts';

/** Where the documents are, by their keys, and besides the `specification` and the `plan` of this publication. */
export type Places = ReadonlyMap<string, string>;

export interface Composed {
  readonly text: string;
  readonly details: readonly string[];
  /** Why the file cannot be brought to what it is to say. */
  readonly flaws: readonly string[];
}

/** The text of a document's file, made from the one it has; null for a new one. */
export function composeFile(document: Document, ref: string, before: string | null, places: Places): Composed {
  const old = before ?? '';
  const refuse = (flaws: readonly string[]): Composed => ({ text: old, details: [], flaws });
  const has = frontMatterOf(old);
  if (before !== null && has?.[KEY_FIELD] !== document.key) return refuse(['its front matter cannot be read']);
  const fields = withFields(old, withoutPlanned(fieldsOf(document, ref, places), has ?? {}));
  if (fields.damaged) return refuse(['its front matter cannot be read']);
  const wanted = sectionsOf(document, ref, places);
  const obsolete = markedSections(old).sections.filter(({ key }) => !wanted.some(([other]) => other === key));
  const sections = withSections(fields.text, [...wanted, ...obsolete.map(({ key }) => [key, null] as const)]);
  if (sections.flaws.length) return refuse(sections.flaws);
  const text = sections.text.endsWith('\n') || before !== null ? sections.text : `${sections.text}\n`;
  return { text, details: [...fields.changes, ...sections.changes.map(detailOf)], flaws: [] };
}

/** What people plan with is filled in once, and theirs from then on. */
const withoutPlanned = (
  fields: Readonly<Record<string, Field>>,
  has: Readonly<Record<string, unknown>>,
): Record<string, Field> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !planned.has(name) || (has[name] ?? null) === null));

const planned = new Set(['priority', 'assignee', 'sprint', 'start', 'due', 'effort']);

const detailOf = ({ key, how }: { readonly key: string; readonly how: string }): string =>
  `section ${key}${how === 'removed' ? ': removed' : ''}`;

function fieldsOf(document: Document, ref: string, places: Places): Record<string, Field> {
  const { key, kind, title, properties } = document;
  const to = (other: string | undefined) => (other === undefined ? null : relativeTo(ref, other));
  const values = {
    title,
    [KEY_FIELD]: key,
    status: properties?.status,
    priority: properties?.priority,
    assignee: properties?.assignee,
    sprint: properties?.sprint,
    start: properties?.start,
    due: properties?.due,
    effort: properties?.effort,
    'blocked by': properties?.blockedBy.flatMap((other) => to(places.get(other)) ?? []),
    specification: to(places.get('specification')),
    plan: kind === 'task' ? to(places.get('plan')) : null,
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): [string, Field][] =>
      value === null || value === undefined ? [] : [[name, value]],
    ),
  );
}

const sectionsOf = ({ title, sections }: Document, ref: string, places: Places): WantedSection[] => [
  ['title', markdownOf([{ type: 'heading', depth: 1, children: [{ type: 'text', value: title }] }], ref, places)],
  ...sections.map(({ key, body }): WantedSection => [key, markdownOf(body, ref, places)]),
];

/** Links to documents lead to their files; one to a document that is nowhere is only its text. */
function markdownOf(nodes: readonly RootContent[], ref: string, places: Places): string {
  const children = mapLinks(nodes, (link) => {
    const [, key] = /^lockkeeper:(.+)$/u.exec(link.url) ?? [];
    if (key === undefined) return null;
    const place = places.get(key);
    return place === undefined ? link.children : [{ ...link, url: linkTo(ref, place) }];
  });
  return writeMarkdown({ type: 'root', children }).trim();
}

/** The specification with a link to the plan, in a section of its own at the end. */
export function composeSpecification(before: string, plan: Document, ref: string, places: Places): Composed {
  const link: RootContent = {
    type: 'paragraph',
    children: [{ type: 'link', url: `lockkeeper:${plan.key}`, children: [{ type: 'text', value: plan.title }] }],
  };
  const { text, changes, flaws } = withSections(before, [[plan.key, markdownOf([link], ref, places)]]);
  return { text, details: changes.map(() => `link to ${places.get(plan.key) ?? plan.key}`), flaws };
}
