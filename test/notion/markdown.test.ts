import type { Client } from '@notionhq/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Notion, startNotion } from './server.ts';
import { clientOf, refusal } from './support.ts';

let notion: Notion;
let client: Client;
let page: string;

const markdown = [
  '# Goals',
  '',
  '- [ ] one',
  '- two',
  '  - three',
  '',
  '| a | b |',
  '| - | - |',
  '| 1 | **2** |',
  '',
  '```sql',
  'SELECT 1',
  '```',
].join('\n');

beforeEach(async () => {
  notion = await startNotion({ seed: 'markdown' });
  client = clientOf(notion);
  page = notion.seed.page({ title: 'Page', markdown });
});
afterEach(async () => {
  expect(notion.mistakes).toEqual([]);
  await notion.close();
});

const read = async () => (await client.pages.retrieveMarkdown({ page_id: page })).markdown;
const change = (command: Change) =>
  client.pages.updateMarkdown({ page_id: page, ...command } as Parameters<typeof client.pages.updateMarkdown>[0]);
type Change = { readonly type: string; readonly [command: string]: unknown };
const replace = (old_str: string, new_str: string, more = {}): Change => ({
  type: 'update_content',
  update_content: { content_updates: [{ old_str, new_str, ...more }] },
});
const idsOf = async () => (await client.blocks.children.list({ block_id: page })).results.map(({ id }) => id);

it('reads a page as Markdown', async () => {
  expect(await read()).toBe(markdown);
});

it('replaces what is found once, and keeps the other blocks as they are', async () => {
  const before = await idsOf();
  await change(replace('two', 'zwei'));
  expect(await read()).toContain('- zwei\n  - three');
  const after = await idsOf();
  expect(after.filter((id) => before.includes(id))).toHaveLength(before.length - 1);
  expect(await refusal(change(replace('nowhere', 'x')))).toContain('Could not find old_str');
  expect(await refusal(change(replace('o', 'x')))).toMatch(/old_str matches \d locations/u);
  await change(replace('SELECT', 'select', { replace_all_matches: true }));
  expect(await read()).toContain('select 1');
});

it('inserts, replaces a range, and replaces all', async () => {
  await change({ type: 'insert_content', insert_content: { content: 'first', position: { type: 'start' } } });
  await change({ type: 'insert_content', insert_content: { content: 'behind', after: '- [ ] one...three' } });
  expect(await read()).toMatch(/^first\n\n# Goals[^]*three\n\nbehind\n\n\| a/u);
  await change({
    type: 'replace_content_range',
    replace_content_range: { content: 'gone', content_range: '# Goals...behind' },
  });
  expect(await read()).toMatch(/^first\n\ngone\n\n\| a/u);
  await change({ type: 'replace_content', replace_content: { new_str: 'all **new**' } });
  expect(await read()).toBe('all **new**');
});

it('deletes no page without being told to', async () => {
  const child = notion.seed.page({ title: 'Child', parent: page });
  const all = (more = {}): Change => ({ type: 'replace_content', replace_content: { new_str: 'new', ...more } });
  expect(await refusal(change(all()))).toContain('allow_deleting_content');
  const line = (await read()).split('\n').find((one) => one.includes('Child')) ?? '';
  await change({ type: 'replace_content', replace_content: { new_str: `${line}\n\nnew` } });
  expect(await client.pages.retrieve({ page_id: child })).toMatchObject({ in_trash: false });
  await change(all({ allow_deleting_content: true }));
  expect(await client.pages.retrieve({ page_id: child })).toMatchObject({ in_trash: true });
});

it('makes a page of Markdown, whose first heading is the title', async () => {
  const { id } = await client.pages.create({ parent: { page_id: page }, markdown: '# Title\n\nText' });
  expect(await client.pages.retrieve({ page_id: id })).toMatchObject({
    properties: { title: { title: [{ plain_text: 'Title' }] } },
  });
  expect((await client.pages.retrieveMarkdown({ page_id: id })).markdown).toBe('Text');
});
