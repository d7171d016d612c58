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
  const below = new Map<string, string[]>();
  const childrenOf = async (id: string): Promise<string[]> => {
    const known = below.get(id) ?? (await idsBelow(notion, id, what));
    below.set(id, known);
    return known;
  };
  for (const { parent: path, children } of appends) {
    if (!path.length) {
      const added = await append(notion, parent, { children, position: positionAfter(top.at(-1) ?? after) }, what);
      top.push(...added);
      continue;
    }
    let [id, siblings]: [string | undefined, readonly string[]] = [undefined, top];
    for (const i of path) {
      if (id !== undefined) siblings = await childrenOf(id);
      id = siblings[i];
      if (id === undefined) throw new AnswerLost('a block that was just written is not there any more.');
    }
    const added = await append(notion, id ?? parent, { children, position: { type: 'end' } }, what);
    below.get(id ?? parent)?.push(...added);
  }
}

const idsBelow = async (notion: Notion, id: string, what: string): Promise<string[]> =>
  (await notion.all({ method: 'get', path: `blocks/${id}/children`, what }, block)).map((one) => one.id);

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
