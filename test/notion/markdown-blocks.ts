import type { Block } from '../../src/markdown/block.ts';
import { blockRequest, type BlockRequest, rowRequest } from '../../src/markdown/block-request.ts';
import { withinLimits } from '../../src/markdown/limits.ts';
import { readMarkdown } from '../../src/markdown/read-markdown.ts';
import { toBlocks } from '../../src/markdown/to-blocks.ts';

/** The blocks that Markdown stands for, as they would be sent, however deep. */
export const blocksOfMarkdown = (markdown: string): readonly BlockRequest[] =>
  withinLimits(toBlocks(readMarkdown(markdown))).map(requestOf);

function requestOf(block: Block): BlockRequest {
  const rows = block.type === 'table' ? block.rows.map(rowRequest) : [];
  return blockRequest(block, 'children' in block ? block.children.map(requestOf) : rows);
}
