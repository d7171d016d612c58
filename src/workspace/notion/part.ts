import type { Block, Run } from '../../markdown/block.ts';
import { blockRequest, type BlockRequest, rowRequest } from '../../markdown/block-request.ts';
import { withinLimits } from '../../markdown/limits.ts';
import { mergeRuns, plainRun } from '../../markdown/runs.ts';
import { blockOf, cellsOf } from './read-block.ts';
import type { TreeNode } from './tree.ts';

/** A block, or a row of a table, in a form in which what is there and what is to be there compare. */
interface Part {
  readonly type: string;
  /** What it says itself, without what is below it. */
  readonly own: string;
  /** Of a heading, whether it folds; of a table, its width: what cannot be changed afterwards. */
  readonly kind: string;
}

/** What is to be there. */
export interface Wanted extends Part {
  readonly section: string;
  /** To create it with all that is below. */
  readonly whole: Block | readonly Run[][];
  /** To change what it says. */
  readonly request: BlockRequest;
  readonly children: readonly Wanted[];
}

/** What is there. */
export interface Existing extends Part {
  readonly id: string;
  /** Written by one of our integrations. */
  readonly ours: boolean;
  readonly children: readonly Existing[];
}

/** The parts that say this, each within Notion's limits. */
export const wantedParts = (section: string, blocks: readonly Block[]): Wanted[] =>
  withinLimits(blocks).map((block) => wantedPart(section, block));

function wantedPart(section: string, block: Block): Wanted {
  const children = 'children' in block ? block.children.map((child) => wantedPart(section, child)) : [];
  const rows = block.type === 'table' ? block.rows.map((row) => wantedRow(section, row)) : [];
  return {
    ...partOf(block),
    section,
    whole: block,
    request: blockRequest(block, []),
    children: [...children, ...rows],
  };
}

function wantedRow(section: string, row: readonly (readonly Run[])[]): Wanted {
  const cells = row.map((cell) => [...cell]);
  return { ...rowPart(cells), section, whole: cells, request: rowRequest(cells), children: [] };
}

export function existingPart({ response, children }: TreeNode, ours: ReadonlySet<string>): Existing {
  const below = children.map((child) => existingPart(child, ours));
  const rows = response.type === 'table' ? children.map((row) => cellsOf(row.response)) : [];
  const block = blockOf(response, [], rows);
  const unknown = { type: response.type, own: response.id, kind: response.id };
  const part = response.type === 'table_row' ? rowPart(cellsOf(response)) : block ? partOf(block) : unknown;
  return { ...part, id: response.id, ours: ours.has(response.created_by.id), children: below };
}

function partOf(block: Block): Part {
  const own = JSON.stringify(blockRequest(tidy(block), []));
  if ('toggleable' in block) return { type: block.type, own, kind: String(block.toggleable) };
  if (block.type === 'table') return { type: block.type, own, kind: String(block.rows[0]?.length ?? 0) };
  return { type: block.type, own, kind: canChange.has(block.type) ? '' : own };
}

const rowPart = (cells: readonly (readonly Run[])[]): Part => ({
  type: 'table_row',
  own: JSON.stringify(rowRequest(cells.map(merged))),
  kind: '',
});

const canChange: ReadonlySet<string> = new Set([
  ...[
    'paragraph',
    'bulleted_list_item',
    'numbered_list_item',
    'to_do',
    'quote',
    'callout',
    'toggle',
    'code',
    'equation',
  ],
]);

/** As one run what was cut because of its length. The words of a mention are Notion's. */
const merged = (runs: readonly Run[]): Run[] =>
  mergeRuns(runs).map((run) => (run.mention ? { ...plainRun(''), marks: run.marks, mention: run.mention } : run));

const tidy = (block: Block): Block => ('text' in block ? { ...block, text: merged(block.text) } : block);

/** A person's block is in it somewhere. */
export const holdsForeign = ({ children }: Existing): boolean =>
  children.some((child) => !child.ours || holdsForeign(child));
