import { extractNotionId } from '@notionhq/client';
import { LockkeeperError } from '../../errors.ts';
import { fromBlocks } from '../../markdown/from-blocks.ts';
import { textOf } from '../../markdown/runs.ts';
import { type Page, type PageSummary } from '../workspace.ts';
import { isPlanLink } from './body.ts';
import type { Notion } from './client.ts';
import { runsOf } from './read-block.ts';
import { page, type PageResponse, user } from './shapes.ts';
import { blocksOf, readTree } from './tree.ts';

/** The id in an address or an id as people copy it. */
export function idIn(ref: string): string {
  const id = extractNotionId(ref);
  if (id !== null) return id;
  throw new LockkeeperError('USAGE', {
    message: `"${ref}" is no page of Notion.`,
    hint: 'A page is named by its address or its id.',
    fix: 'Copy it in Notion with ••• → Copy link, or search: lockkeeper spec find WORDS --workspace notion',
  });
}

export const getPage = (notion: Notion, id: string): Promise<PageResponse> =>
  notion.repeat({ method: 'get', path: `pages/${id}`, what: `page ${id}` }, page);

const titleOf = ({ properties }: PageResponse): string => {
  const title = Object.values(properties).find(({ type }) => type === 'title');
  return textOf(runsOf(title?.['title']));
};

/** What a page says, child pages aside; each node knows its block. */
export async function readPage(notion: Notion, ref: string): Promise<Page> {
  const id = idIn(ref);
  const response = await getPage(notion, id);
  const blocks = blocksOf(await readTree(notion, id, `page ${id}`)).filter((block) => !isPlanLink(block));
  return { source: response.url, title: titleOf(response) || null, tree: fromBlocks(blocks) };
}

/** The id of the integration, as pages name who made them. */
export const whoWeAre = async (notion: Notion): Promise<string> =>
  (await notion.repeat({ method: 'get', path: 'users/me', what: 'the integration itself' }, user)).id;

/** Notion's own search, which knows titles only; without plans and tasks of ours. */
export async function findPages(notion: Notion, words: string): Promise<readonly PageSummary[]> {
  const me = await whoWeAre(notion);
  const body = { query: words, filter: { property: 'object', value: 'page' } };
  const found = await notion.all({ method: 'post', path: 'search', body, what: 'search' }, page);
  return found
    .filter(({ in_trash, created_by: by }) => !in_trash && by.id !== me)
    .map((response) => ({ ref: response.id, title: titleOf(response), found: 'title' }));
}
