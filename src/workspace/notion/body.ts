import type { PhrasingContent, RootContent } from 'mdast';
import type { Block, Run } from '../../markdown/block.ts';
import { mapLinks } from '../../markdown/map-links.ts';
import { plainRun } from '../../markdown/runs.ts';
import { toBlocks } from '../../markdown/to-blocks.ts';
import type { Document } from '../../publication/document.ts';
import { type Wanted, wantedParts } from './part.ts';
import type { TreeNode } from './tree.ts';
import { blocksOf } from './tree.ts';

/** The pages that links lead to, by what follows `lockkeeper:`: their ids. */
export type Pages = ReadonlyMap<string, string>;

/** What a page is to say. `unsaid`: what its database has no property for; `marked`: the page has to say itself which document it is. */
export function wantedBody(
  document: Document,
  {
    pages,
    unsaid,
    marked,
  }: { readonly pages: Pages; readonly unsaid: readonly RootContent[]; readonly marked: boolean },
): Wanted[] {
  const part = (key: string, body: readonly RootContent[]) =>
    wantedParts(key, toBlocks({ type: 'root', children: mentions(body, pages) }).map(sendable));
  return [
    ...part('properties', unsaid),
    ...document.sections.flatMap(({ key, body }) => part(key, body)),
    ...(marked ? wantedParts('marker', [markerOf(document.key)]) : []),
  ];
}

/** Links to documents become mentions, which show the page's own title and do not break when it moves. */
const mentions = (nodes: readonly RootContent[], pages: Pages): RootContent[] =>
  mapLinks(nodes, (link) => {
    const [, key] = /^lockkeeper:(.+)$/u.exec(link.url) ?? [];
    const page = key === undefined ? undefined : pages.get(key);
    if (page !== undefined) return [mentionOf(page, link.children)];
    return key === undefined ? null : link.children;
  });

export const mentionOf = (page: string, children: PhrasingContent[] = []): PhrasingContent => ({
  type: 'inlineTag',
  name: 'mention',
  attributes: { page },
  children,
});

/** Notion takes no relative addresses. */
const isAddress = (url: string): boolean => /^(?:https?|mailto|tel|notion):/iu.test(url) && URL.canParse(url);

function sendable(block: Block): Block {
  if ('url' in block && !isAddress(block.url)) return paragraph([plainRun(block.caption || block.name || block.url)]);
  if ('rows' in block) return { ...block, rows: block.rows.map((row) => row.map(linked)) };
  const text = 'text' in block ? { text: linked(block.text) } : {};
  const children = 'children' in block ? { children: block.children.map(sendable) } : {};
  return { ...block, ...text, ...children };
}

const linked = (runs: readonly Run[]): Run[] =>
  runs.map((run) => (run.link !== null && !isAddress(run.link) ? { ...run, link: null } : run));

const paragraph = (text: readonly Run[]): Block => ({ type: 'paragraph', text, children: [] });

const MARK = 'lockkeeper:';

/** Says which document a page is, and whose what is. */
export const markerOf = (key: string): Block =>
  paragraph([
    { ...plainRun('Kept up to date by '), marks: ['italic'] },
    { ...plainRun(MARK + key), marks: ['code'] },
    { ...plainRun('. What other people write on this page stays.'), marks: ['italic'] },
  ]);

/** The document that a page says it is. */
export function keyIn(nodes: readonly TreeNode[]): string | null {
  const marks = blocksOf(nodes).flatMap((block) => ('text' in block ? block.text : []));
  const mark = marks.find(({ text, marks: looks }) => looks.includes('code') && text.startsWith(MARK));
  return mark?.text.slice(MARK.length) ?? null;
}

const LINK_TEXT = 'Implementation plan: ';

/** The link that a specification gets. */
export const planLink = (plan: string): Block =>
  paragraph([plainRun(LINK_TEXT), { ...plainRun(''), mention: { kind: 'page', of: plan } }]);

/** Whether it is that link, to whatever plan. */
export const isPlanLink = (block: Block): boolean =>
  block.type === 'paragraph' &&
  block.text.length === 2 &&
  block.text[0]?.text === LINK_TEXT &&
  block.text[1]?.mention?.kind === 'page';
