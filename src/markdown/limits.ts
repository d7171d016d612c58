import type { Block, Run } from './block.ts';
import { plainRun, textOf } from './runs.ts';

/** What one request may hold: https://developers.notion.com/reference/request-limits */
export const limits = {
  characters: 2000,
  equation: 1000,
  url: 2000,
  /** Of rich text in one array, of blocks in one array. */
  items: 100,
  /** Levels of blocks below the top one. */
  levels: 2,
  blocks: 1000,
  bytes: 500_000,
} as const;

/** As much text as one block takes with certainty, whatever its letters weigh. */
const charactersPerBlock = 100_000;

/** The same blocks with every text within Notion's limits: long runs are cut, long texts go on in further blocks. */
export const withinLimits = (blocks: readonly Block[]): Block[] => blocks.flatMap(limited);

function limited(block: Block): Block[] {
  if ('code' in block)
    return pieces(block.code, charactersPerBlock).map((code) => ({ ...block, code, caption: cut(block.caption) }));
  if ('rows' in block) return [{ ...block, rows: block.rows.map((row) => row.map(oneCell)) }];
  if ('url' in block) return media(block);
  if (!('expression' in block)) return textual(block);
  if (block.expression.length <= limits.equation) return [block];
  return limited({ type: 'code', code: block.expression, language: 'latex', caption: '' });
}

const media = (block: Extract<Block, { url: string }>): Block[] =>
  block.url.length <= limits.url
    ? [{ ...block, caption: cut(block.caption), name: cut(block.name) }]
    : [{ type: 'paragraph', text: shortRuns([plainRun([block.caption, block.url].join(' '))]), children: [] }];

/** A column is created with its first child, and that one cannot bring children of its own. */
const startingBare = (children: readonly Block[]): readonly Block[] => {
  const [first] = children;
  const bare = first && first.type !== 'table' && first.type !== 'column_list';
  return bare ? children : [{ type: 'paragraph', text: [], children: [] }, ...children];
};

/** What does not fit follows as paragraphs: below the block, or behind a heading, which has no below. */
function textual(block: Block): Block[] {
  const children = 'children' in block ? withinLimits(block.children) : [];
  if (block.type === 'column') return [{ ...block, children: startingBare(children) }];
  if (!('text' in block)) return ['children' in block ? { ...block, children } : block];
  const [text = [], ...rest] = parts(block.text);
  const more = rest.map((part): Block => ({ type: 'paragraph', text: part, children: [] }));
  const takesChildren = !('toggleable' in block) || block.toggleable;
  if (takesChildren && block.type !== 'paragraph') return [{ ...block, text, children: [...more, ...children] }];
  return [{ ...block, text, children }, ...more];
}

/** A cell cannot go on elsewhere: one with too many looks loses them. */
const oneCell = (cell: readonly Run[]): Run[] => {
  const [first = [], ...rest] = parts(cell);
  return rest.length ? (parts([plainRun(textOf(cell))])[0] ?? []) : first;
};

/** Rich text in parts that one block each can hold. */
function parts(runs: readonly Run[]): Run[][] {
  const result: Run[][] = [[]];
  let characters = 0;
  for (const run of shortRuns(runs)) {
    const last = result.at(-1);
    characters += run.text.length;
    if (!last || last.length === limits.items || characters > charactersPerBlock) {
      result.push([run]);
      characters = run.text.length;
    } else last.push(run);
  }
  return result;
}

const shortRuns = (runs: readonly Run[]): Run[] =>
  runs.flatMap((run) => {
    if (run.mention) return [{ ...run, text: cut(run.text) }];
    const link = run.link !== null && run.link.length > limits.url ? null : run.link;
    if (run.equation && run.text.length <= limits.equation) return [{ ...run, link }];
    return pieces(run.text, limits.characters).map((text) => ({ ...run, text, link, equation: false }));
  });

const cut = (text: string): string => pieces(text, limits.characters)[0] ?? '';

/** Text cut to a length, never within a surrogate pair. */
export function pieces(text: string, length: number): string[] {
  const result: string[] = [];
  for (let start = 0; start < text.length;) {
    const high = /[\ud800-\udbff]/u.test(text.charAt(start + length - 1)) && start + length < text.length;
    const end = start + length - (high ? 1 : 0);
    result.push(text.slice(start, end));
    start = end;
  }
  return result.length ? result : [''];
}
