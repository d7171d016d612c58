import type { BlockContent, DefinitionContent, PhrasingContent } from 'mdast';
import { type Block, headingTypes, type Run } from './block.ts';
import { mergeRuns, toRuns } from './runs.ts';

export const textBlock = (text: readonly Run[], children: readonly Block[] = []): Block => ({
  type: 'paragraph',
  text: mergeRuns(text),
  children,
});

/** A paragraph that is nothing but an image is an image. */
export function paragraph(children: readonly PhrasingContent[]): Block {
  const [only, ...others] = children;
  if (only?.type === 'image' && !others.length)
    return { type: 'image', url: only.url, caption: only.alt ?? '', name: '' };
  return textBlock(toRuns(children));
}

/** Notion has four depths. */
export const heading = (
  depth: number,
  text: readonly Run[],
  toggleable = false,
  children: readonly Block[] = [],
): Block => ({
  type: headingTypes[Math.min(depth, 4) - 1] ?? 'heading_4',
  text,
  toggleable,
  children,
});

/** The text of a block that starts with a paragraph, and the rest. */
export function firstText(nodes: readonly (BlockContent | DefinitionContent)[]): {
  readonly text: Run[];
  readonly children: readonly (BlockContent | DefinitionContent)[];
} {
  const [first, ...rest] = nodes;
  if (first?.type !== 'paragraph' || paragraph(first.children).type === 'image') return { text: [], children: nodes };
  return { text: toRuns(first.children), children: rest };
}
