import { type Client, isFullComment } from '@notionhq/client';
import { afterEach, expect, it } from 'vitest';
import type { NotionOptions } from './options.ts';
import { type Notion, startNotion } from './server.ts';
import { clientOf, refusal, text } from './support.ts';

let notion: Notion;
let client: Client;
let page: string;

async function start(options: NotionOptions = {}): Promise<void> {
  notion = await startNotion({ seed: 'comments', ...options });
  client = clientOf(notion);
  page = notion.seed.page({ title: 'Page', markdown: 'text' });
}
afterEach(async () => {
  expect(notion.mistakes).toEqual([]);
  await notion.close();
});

const said = async (block_id: string) =>
  (await client.comments.list({ block_id })).results.map(({ rich_text }) =>
    rich_text.map((one) => one.plain_text).join(''),
  );

it('keeps comments of pages and of blocks, and goes on in a discussion', async () => {
  await start();
  const first = await client.comments.create({ parent: { page_id: page }, rich_text: text('one') });
  const discussion_id = isFullComment(first) ? first.discussion_id : '';
  await client.comments.create({ discussion_id, markdown: 'two **bold**' });
  const block = (await client.blocks.children.list({ block_id: page })).results[0]?.id ?? '';
  await client.comments.create({ parent: { block_id: block }, rich_text: text('below') });
  expect([await said(page), await said(block)]).toEqual([['one', 'two bold'], ['below']]);
  await client.comments.update({ comment_id: first.id, rich_text: text('uno') });
  expect(await said(page)).toEqual(['uno', 'two bold']);
  await client.comments.delete({ comment_id: first.id });
  expect(await said(page)).toEqual(['two bold']);
  expect(await refusal(client.comments.retrieve({ comment_id: first.id }))).toContain('Could not find comment');
  const two = { parent: { page_id: page }, rich_text: text('x'), markdown: 'y' };
  expect(await refusal(client.comments.create(two))).toContain('body.markdown should be not present');
});

it('refuses what the integration may not do', async () => {
  await start({ capabilities: ['insert comments'] });
  const denied = 'restricted_resource: Insufficient permissions for this endpoint.';
  const created = await client.comments.create({ parent: { page_id: page }, rich_text: text('x') });
  expect(Object.keys(created).sort()).toEqual(['id', 'object', 'request_id']);
  expect(await refusal(client.comments.list({ block_id: page }))).toBe(denied);
  expect(await refusal(client.users.list({}))).toBe(denied);
  expect(await client.users.me({})).toMatchObject({ type: 'bot' });
  await notion.close();
  await start({ capabilities: ['read comments', 'read users'] });
  expect(await refusal(client.comments.create({ parent: { page_id: page }, rich_text: text('x') }))).toBe(denied);
  expect((await client.users.list({})).results.map(({ name }) => name)).toEqual(['Lockkeeper', 'Ada']);
});
