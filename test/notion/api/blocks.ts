import { contentOf } from '../block-content.ts';
import { addBlocks, expectBlocksFit, expectWidth, typeOfRequest } from '../block-tree.ts';
import {
  absent,
  boolean,
  choice,
  expectValid,
  type Fields,
  fields,
  isFields,
  list,
  type Members,
  oneOf,
  uuid,
} from '../check.ts';
import { ApiError, archivedBlock, invalid, notFound } from '../errors.ts';
import { paged } from '../paging.ts';
import { renderBlock } from '../render.ts';
import { block as blockShape, blockChange, paging } from '../request-shapes.ts';
import type { Block, Database, Page } from '../state.ts';
import { childrenOf, dashed, expectEditable, find, shownBelow, touch } from '../world.ts';
import { type Call, expectBody, expectQuery, type Routes } from './call.ts';

const findBlock = ({ world, path }: Call): Block | Page | Database =>
  find(world, ['block', 'page', 'database'], path['block_id'] ?? '');

/** The older version knows the same under another name. */
export const trashMembers = ({ version }: Pick<Call, 'version'>): Members => ({
  in_trash: boolean,
  ...(version === '2025-09-03' ? { archived: boolean } : {}),
});

export const wantedTrash = ({ body }: Call): boolean | undefined =>
  (body['in_trash'] ?? body['archived']) as boolean | undefined;

function children(call: Call): Fields {
  expectQuery(call, {}, paging);
  const { world, version, query } = call;
  const parent = findBlock(call);
  const { start_cursor, page_size } = query;
  const all = parent.kind === 'database' ? [] : childrenOf(world, shownBelow(parent), 'block', 'page', 'database');
  const items = all.map((thing) => ({ id: thing.id, shown: () => renderBlock(world, version, thing) }));
  return paged('block', items, { list: `children ${parent.id}`, start_cursor, page_size });
}

const position = choice({ after_block: fields({ id: uuid }) });
const positions = (value: unknown, at: string): readonly string[] =>
  isFields(value) && (value['type'] === 'start' || value['type'] === 'end')
    ? fields({ type: oneOf('start', 'end') })(value, at)
    : position(value, at);

function append(call: Call): Fields {
  const { world, version, body, by } = call;
  const older = version === '2025-09-03' ? { after: uuid } : {};
  expectBody(call, { children: list(blockShape()) }, { ...older, position: positions });
  const parent = findBlock(call);
  if (parent.kind === 'database') throw invalid('Block does not support children.');
  expectEditable(world, parent);
  const requests = body['children'] as readonly Fields[];
  expectBlocksFit(world, parent, requests);
  const added = addBlocks(world, parent, requests, by, indexIn(call, parent.id));
  touch(world, parent, by);
  const items = added.map((thing) => ({ id: thing.id, shown: () => renderBlock(world, version, thing) }));
  return paged('block', items, { list: '', start_cursor: null, page_size: 100 });
}

/** Where new blocks go; undefined for the end. */
function indexIn({ world, body }: Call, parent: string): number | undefined {
  const where = body['position'];
  if (isFields(where) && where['type'] === 'start') return 0;
  const after = isFields(where) ? (where['after_block'] as Fields | undefined)?.['id'] : body['after'];
  if (typeof after !== 'string') return undefined;
  const index = (world.state.children[parent] ?? []).indexOf(dashed(after));
  if (index < 0 || world.state.things[dashed(after)]?.trashed === true) throw notFound('block', dashed(after));
  return index + 1;
}

function update(call: Call): Fields {
  const { world, version, body, by } = call;
  expectValid(blockChange(trashMembers(call)), body, 'body');
  const block = findBlock(call);
  const type = typeOfRequest(body);
  const trash = wantedTrash(call);
  if (block.trashed && trash !== false) throw archivedBlock();
  if (trash !== undefined) block.trashed = trash;
  if (!block.trashed) expectEditable(world, block);
  if (type !== '') change(call, block, type);
  touch(world, block, by);
  return renderBlock(world, version, block);
}

function change({ world, body }: Call, block: Block | Page | Database, type: string): void {
  if (block.kind !== 'block' || block.type !== type)
    throw new ApiError(400, 'validation_error', `body failed validation: ${absent(`body.${type}`, body[type])}`);
  const sent = body[type] as Fields;
  const table = block.parent.type === 'block_id' ? world.state.things[block.parent.id] : undefined;
  if (type === 'table_row' && table?.kind === 'block') expectWidth(table.content, sent);
  block.content = contentOf(world, type, sent, block.content);
}

function remove(call: Call): Fields {
  const block = findBlock(call);
  expectEditable(call.world, block);
  block.trashed = true;
  touch(call.world, block, call.by);
  return renderBlock(call.world, call.version, block);
}

export const blocks: Routes = {
  'GET /v1/blocks/:block_id': (call) => renderBlock(call.world, call.version, findBlock(call)),
  'GET /v1/blocks/:block_id/children': children,
  'PATCH /v1/blocks/:block_id/children': append,
  'PATCH /v1/blocks/:block_id': update,
  'DELETE /v1/blocks/:block_id': remove,
};
