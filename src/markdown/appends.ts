import type { Block } from './block.ts';
import { blockRequest, type BlockRequest, rowRequest } from './block-request.ts';
import { limits, withinLimits } from './limits.ts';

/** Children to add at the end of one place. */
export interface Append {
  /** Where: the position of each ancestor among its siblings, from the page downwards. Each is there when its turn comes. */
  readonly parent: readonly number[];
  readonly children: readonly BlockRequest[];
}

/** The requests that write these blocks below an empty page, in order, each within Notion's limits. */
export const appendsOf = (blocks: readonly Block[]): Append[] => appendsBelow(withinLimits(blocks).map(nodeOf), []);

interface Node {
  readonly request: (children: readonly BlockRequest[]) => BlockRequest;
  readonly children: readonly Node[];
  /** How many children it cannot be created without; they go with it. */
  readonly needs: number;
  readonly blocks: number;
  readonly levels: number;
  readonly bytes: number;
}

const nodeOf = (block: Block): Node => {
  const rows = block.type === 'table' ? block.rows.map((row) => node(() => rowRequest(row), [], 0)) : [];
  const children = 'children' in block ? block.children.map(nodeOf) : rows;
  return node((below) => blockRequest(block, below), children, needsOf(block));
};

/** A table needs a row, columns need each other and something in each. */
const needsOf = ({ type }: Block): number => {
  if (type === 'table' || type === 'column_list') return limits.items;
  return type === 'column' ? 1 : 0;
};

const node = (request: Node['request'], children: readonly Node[], needs: number): Node => ({
  ...{ request, children, needs },
  blocks: 1 + sum(children.map((child) => child.blocks)),
  levels: Math.max(0, ...children.map((child) => child.levels + 1)),
  bytes: Buffer.byteLength(JSON.stringify(request([]))) + sum(children.map((child) => child.bytes)),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** A block goes with all below it if that is small; else alone, and what is below it follows. */
function appendsBelow(nodes: readonly Node[], parent: readonly number[], first = 0): Append[] {
  const batches: Packed[][] = [];
  const packed = nodes.map((child, i) => pack(child, [...parent, first + i]));
  for (const item of packed) {
    const last = batches.at(-1);
    const together = last ? [...last, item] : [];
    const fits =
      together.length <= limits.items &&
      sum(together.map(({ blocks }) => blocks)) <= limits.blocks &&
      sum(together.map(({ bytes }) => bytes)) <= batchBytes;
    if (last && fits) last.push(item);
    else batches.push([item]);
  }
  return [
    ...batches.map((batch) => ({ parent, children: batch.map(({ request }) => request) })),
    ...packed.flatMap(({ later }) => later),
  ];
}

/** Less than is allowed: commas and brackets are not counted. */
const batchBytes = limits.bytes * 0.9;

interface Packed {
  readonly request: BlockRequest;
  readonly blocks: number;
  readonly bytes: number;
  readonly later: readonly Append[];
}

function pack(item: Node, path: readonly number[], levels: number = limits.levels): Packed {
  const small = item.blocks <= limits.items && item.bytes <= batchBytes / 2;
  if (small && item.levels <= levels) return { ...item, request: whole(item), later: [] };
  const now = item.children.slice(0, item.needs).map((child, i) => pack(child, [...path, i], levels - 1));
  return {
    request: item.request(now.map(({ request }) => request)),
    blocks: 1 + sum(now.map(({ blocks }) => blocks)),
    bytes: item.bytes - sum(item.children.map(({ bytes }) => bytes)) + sum(now.map(({ bytes }) => bytes)),
    later: [...now.flatMap(({ later }) => later), ...appendsBelow(item.children.slice(item.needs), path, now.length)],
  };
}

const whole = (item: Node): BlockRequest => item.request(item.children.map(whole));
