import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arbitraryBlocks } from '../../test/support/arbitrary-blocks.ts';
import { appendsOf, type Append } from './appends.ts';
import type { Block, Run } from './block.ts';
import type { BlockRequest } from './block-request.ts';
import { limits, withinLimits } from './limits.ts';
import { plainRun } from './runs.ts';

const contentOf = (block: BlockRequest) =>
  block[block.type] as { rich_text?: unknown[]; caption?: unknown[]; cells?: unknown[][]; children?: BlockRequest[] };
const childrenOf = (block: BlockRequest) => contentOf(block).children ?? [];

function levelsBelow(block: BlockRequest): number {
  return Math.max(0, ...childrenOf(block).map((child) => 1 + levelsBelow(child)));
}
const all = (blocks: readonly BlockRequest[]): BlockRequest[] => blocks.flatMap((b) => [b, ...all(childrenOf(b))]);

function expectWithinLimits({ children }: Append) {
  const every = all(children);
  expect(every.length).toBeLessThanOrEqual(limits.blocks);
  expect(Buffer.byteLength(JSON.stringify({ children }))).toBeLessThanOrEqual(limits.bytes);
  expect(Math.max(0, ...children.map(levelsBelow))).toBeLessThanOrEqual(limits.levels);
  for (const list of [children, ...every.map(childrenOf)]) expect(list.length).toBeLessThanOrEqual(limits.items);
  for (const block of every) {
    const { rich_text = [], caption = [], cells = [] } = contentOf(block);
    for (const texts of [rich_text, caption, ...cells]) {
      expect(texts.length).toBeLessThanOrEqual(limits.items);
      for (const item of texts as { text?: { content: string }; equation?: { expression: string } }[]) {
        expect(item.text?.content.length ?? 0).toBeLessThanOrEqual(limits.characters);
        expect(item.equation?.expression.length ?? 0).toBeLessThanOrEqual(limits.equation);
      }
    }
  }
}

/** What a server holds after the requests. */
interface Stored {
  readonly type: string;
  readonly children: Stored[];
}
const store = (block: BlockRequest): Stored => ({ type: block.type, children: childrenOf(block).map(store) });

function arrive(appends: readonly Append[]): Stored[] {
  const page: Stored = { type: 'page', children: [] };
  for (const { parent, children } of appends) {
    const place = parent.reduce<Stored | undefined>((at, i) => at?.children[i], page);
    if (!place) throw new Error(`Nothing is at ${parent.join('.')} yet.`);
    place.children.push(...children.map(store));
  }
  return page.children;
}

const shape = (block: Block): Stored => ({
  type: block.type,
  children:
    'rows' in block
      ? block.rows.map(() => ({ type: 'table_row', children: [] }))
      : 'children' in block
        ? block.children.map(shape)
        : [],
});

function expectWhole(blocks: readonly Block[]) {
  const appends = appendsOf(blocks);
  appends.forEach(expectWithinLimits);
  expect(arrive(appends)).toEqual(withinLimits(blocks).map(shape));
  return appends;
}

const paragraph = (text: readonly Run[], children: readonly Block[] = []): Block => ({
  type: 'toggle',
  text,
  children,
});
const deep = (levels: number, width: number): Block[] =>
  Array.from({ length: width }, (_, i) =>
    paragraph([plainRun(`${levels}.${i}`)], levels > 1 ? deep(levels - 1, width) : []),
  );

it('writes any blocks in requests within the limits', () => {
  fc.assert(
    fc.property(arbitraryBlocks, (blocks) => void expectWhole(blocks)),
    { numRuns: 100 },
  );
});

it('brings a page of five levels over whole, in few requests', () => {
  const blocks = deep(5, 3); // 363 blocks
  expect(expectWhole(blocks).length).toBeLessThan(15);
});

it('cuts what is too long, and loses no letter', () => {
  const long = '𝄞ä'.repeat(60_000);
  const many = Array.from({ length: 250 }, (_, i): Run => ({ ...plainRun(`${i} `), marks: i % 2 ? ['bold'] : [] }));
  const blocks: Block[] = [
    { type: 'paragraph', text: [plainRun(long)], children: [] },
    { type: 'code', code: long, language: 'sql', caption: '' },
    { type: 'heading_1', text: many, toggleable: false, children: [] },
    paragraph(many, deep(1, 150)),
    { type: 'equation', expression: 'x'.repeat(3000) },
    { type: 'table', header: true, rows: Array.from({ length: 250 }, (_, i) => [[plainRun(String(i))], many]) },
  ];
  const appends = expectWhole(blocks);
  expect(JSON.stringify(appends).split('𝄞').length - 1).toBe(120_000);
});

it('keeps columns together with something in each', () => {
  const blocks: Block[] = [
    { type: 'column_list', children: [0, 1].map(() => ({ type: 'column', children: deep(2, 12) })) },
  ];
  expect(
    expectWhole(blocks)[0]
      ?.children.map(childrenOf)[0]
      ?.map((column) => childrenOf(column).length),
  ).toEqual([1, 1]);
});
