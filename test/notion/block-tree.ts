import { limits } from '../../src/markdown/limits.ts';
import { contentOf } from './block-content.ts';
import { type Fields, isFields } from './check.ts';
import { invalid } from './errors.ts';
import type { Block, Page } from './state.ts';
import { find, place, stamp, type World } from './world.ts';

type Container = Page | Block;

export const typeOfRequest = (request: Fields): string =>
  Object.keys(request).find((key) => isFields(request[key])) ?? '';

const childrenOfRequest = (request: Fields): readonly Fields[] =>
  ((request[typeOfRequest(request)] as Fields)['children'] ?? []) as readonly Fields[];

const countOf = (requests: readonly Fields[]): number =>
  requests.reduce((sum, request) => sum + 1 + countOf(childrenOfRequest(request)), 0);

/** What of new blocks their shape alone does not say. `parent` is what they will be in: `page` or a block's type. */
export function expectBlocksFit(world: World, parent: Container, requests: readonly Fields[]): void {
  const count = countOf(requests);
  if (count > limits.blocks)
    throw invalid(
      `body failed validation: body.children should hold ≤ \`${limits.blocks}\` blocks, instead was \`${count}\`.`,
    );
  const within = parent.kind === 'page' ? { type: 'page', content: {} } : parent;
  expectLevelFits(world, within, requests);
}

function expectLevelFits(
  world: World,
  parent: { readonly type: string; readonly content: Fields },
  requests: readonly Fields[],
): void {
  if (requests.length && !takesChildren(parent)) throw invalid('Block does not support children.');
  for (const request of requests) {
    const type = typeOfRequest(request);
    const content = request[type] as Fields;
    if (!mayHold(parent.type, type)) throw invalid(`A block of type ${type} cannot be a child of ${parent.type}.`);
    if (parent.type === 'table') expectWidth(parent.content, content);
    if (type === 'link_to_page') expectTarget(world, content);
    if (type === 'synced_block' && isFields(content['synced_from'])) expectOriginal(world, content['synced_from']);
    expectLevelFits(world, { type, content }, childrenOfRequest(request));
  }
}

function takesChildren({ type, content }: { readonly type: string; readonly content: Fields }): boolean {
  if (type.startsWith('heading_')) return content['is_toggleable'] === true;
  if (type === 'synced_block') return content['synced_from'] === null;
  return /^(?:page|paragraph|.*_list_item|quote|toggle|to_do|callout|template|table|tab|column|column_list)$/u.test(
    type,
  );
}

function mayHold(parent: string, type: string): boolean {
  const only: Readonly<Record<string, string>> = { table: 'table_row', column_list: 'column', tab: 'paragraph' };
  if (only[parent] !== undefined) return only[parent] === type;
  return type !== 'table_row' && type !== 'column';
}

export function expectWidth(table: Fields, row: Fields): void {
  if ((row['cells'] as unknown[]).length !== table['table_width'])
    throw invalid('Number of cells in table row must match the table width of the parent table');
}

function expectTarget(world: World, { page_id, database_id }: Fields): void {
  if (typeof page_id === 'string') find(world, ['page'], page_id);
  if (typeof database_id === 'string') find(world, ['database'], database_id);
}

function expectOriginal(world: World, { block_id }: Fields): void {
  const { type, content } = find(world, ['block'], String(block_id));
  if (type !== 'synced_block' || content['synced_from'] !== null)
    throw invalid('The block that is synced from is not an original synced block.');
}

/** New blocks below a page or a block, with all that they bring along. */
export function addBlocks(
  world: World,
  parent: Container,
  requests: readonly Fields[],
  by: string,
  at?: number,
): Block[] {
  const parentType = parent.kind === 'page' ? 'page_id' : 'block_id';
  return requests.map((request, i) => {
    const type = typeOfRequest(request);
    const block: Block = {
      kind: 'block',
      ...stamp(world, { type: parentType, id: parent.id }, by),
      type,
      content: contentOf(world, type, request[type] as Fields),
    };
    place(world, block, at === undefined ? undefined : at + i);
    addBlocks(world, block, childrenOfRequest(request), by);
    return block;
  });
}
