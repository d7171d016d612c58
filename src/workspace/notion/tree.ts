import type { Block } from '../../markdown/block.ts';
import type { Notion } from './client.ts';
import { blockOf, cellsOf } from './read-block.ts';
import { block, type BlockResponse } from './shapes.ts';

/** A block as it is in Notion, with what is below it. */
export interface TreeNode {
  readonly response: BlockResponse;
  readonly children: readonly TreeNode[];
}

/** All blocks below a page or a block. Child pages and databases are not entered, nor are copies of synced blocks: what is below those is elsewhere. */
export async function readTree(notion: Notion, id: string, what: string): Promise<TreeNode[]> {
  const blocks = await notion.all({ method: 'get', path: `blocks/${id}/children`, what }, block);
  const nodes: TreeNode[] = [];
  for (const response of blocks) {
    const enters = response.has_children && !isElsewhere(response);
    nodes.push({ response, children: enters ? await readTree(notion, response.id, what) : [] });
  }
  return nodes;
}

const isElsewhere = ({ type, ...response }: BlockResponse): boolean => {
  const copied = (response['synced_block'] as { synced_from?: unknown } | undefined)?.synced_from;
  return type === 'child_page' || type === 'child_database' || (type === 'synced_block' && copied !== null);
};

/** What the blocks say; types without content of their own are left out. */
export const blocksOf = (nodes: readonly TreeNode[]): Block[] =>
  nodes.flatMap(({ response, children }) => {
    const rows = response.type === 'table' ? children.map((row) => cellsOf(row.response)) : [];
    return blockOf(response, blocksOf(response.type === 'table' ? [] : children), rows) ?? [];
  });
