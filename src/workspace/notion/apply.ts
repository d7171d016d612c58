import { appendsOf } from '../../markdown/appends.ts';
import type { Run } from '../../markdown/block.ts';
import { type BlockRequest, rowRequest } from '../../markdown/block-request.ts';
import { limits } from '../../markdown/limits.ts';
import { AnswerLost, type Notion } from './client.ts';
import type { BlockChange } from './compare.ts';
import type { Wanted } from './part.ts';
import { anything, block, list } from './shapes.ts';

/** Makes one change. Throws when an answer is lost; what is there has to be read again then. */
export async function applyChange(notion: Notion, change: BlockChange, what: string): Promise<void> {
  if (change.how === 'update')
    await notion.repeat({ method: 'patch', path: `blocks/${change.id}`, body: change.body, what }, anything);
  else if (change.how === 'delete')
    await notion.once({ method: 'delete', path: `blocks/${change.id}`, what }, anything);
  else await insert(notion, change, what);
}

async function insert(
  notion: Notion,
  { parent, after, parts }: Extract<BlockChange, { how: 'insert' }>,
  what: string,
): Promise<void> {
  const rows = parts.flatMap(({ whole }) => (isRow(whole) ? [rowRequest(whole)] : []));
  const blocks = parts.flatMap(({ whole }) => (isRow(whole) ? [] : [whole]));
  const appends = rows.length ? inBatches(rows) : appendsOf(blocks);
  const top: string[] = [];
  for (const { parent: path, children } of appends) {
    const [first, ...below] = path;
    const id = first === undefined ? parent : await idBelow(notion, top[first], below, what);
    const position = first === undefined ? positionAfter(top.at(-1) ?? after) : { type: 'end' };
    const added = await append(notion, id, { children, position }, what);
    if (first === undefined) top.push(...added);
  }
}

const isRow = (whole: Wanted['whole']): whole is readonly Run[][] => Array.isArray(whole);

const inBatches = (rows: readonly BlockRequest[]) =>
  Array.from({ length: Math.ceil(rows.length / limits.items) }, (_, i) => ({
    parent: [] as readonly number[],
    children: rows.slice(i * limits.items, (i + 1) * limits.items),
  }));

const positionAfter = (id: string | null): object =>
  id === null ? { type: 'start' } : { type: 'after_block', after_block: { id } };

async function append(
  notion: Notion,
  id: string,
  body: Readonly<Record<string, unknown>>,
  what: string,
): Promise<string[]> {
  const { results } = await notion.once({ method: 'patch', path: `blocks/${id}/children`, body, what }, list(block));
  return results.map((added) => added.id);
}

/** The block at a path of positions below another. */
async function idBelow(
  notion: Notion,
  from: string | undefined,
  path: readonly number[],
  what: string,
): Promise<string> {
  let id = from;
  for (const i of path)
    id = (await notion.all({ method: 'get', path: `blocks/${id ?? ''}/children`, what }, block))[i]?.id;
  if (id === undefined) throw new AnswerLost('a block that was just written is not there any more.');
  return id;
}
