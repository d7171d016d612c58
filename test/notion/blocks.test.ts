import { type Client, collectPaginatedAPI, isFullBlock } from '@notionhq/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Notion, startNotion } from './server.ts';
import { clientOf, paragraph, refusal, text } from './support.ts';

let notion: Notion;
let client: Client;
let page: string;

beforeEach(async () => {
  notion = await startNotion({ seed: 'blocks' });
  client = clientOf(notion);
  page = notion.seed.page({ title: 'Page', markdown: 'a\n\nb' });
});
afterEach(async () => {
  expect(notion.mistakes).toEqual([]);
  await notion.close();
});

async function texts(block_id = page): Promise<string[]> {
  const all = await collectPaginatedAPI(client.blocks.children.list, { block_id, page_size: 2 });
  return all
    .filter(isFullBlock)
    .map((block) =>
      (block.type === 'paragraph' ? block.paragraph.rich_text : []).map((one) => one.plain_text).join(''),
    );
}
const idsOf = async () => (await client.blocks.children.list({ block_id: page })).results.map(({ id }) => id);

it('puts new blocks at the start, at the end and behind another, and answers with them alone', async () => {
  const [, b = ''] = await idsOf();
  const put = (content: string, position?: Parameters<typeof client.blocks.children.append>[0]['position']) =>
    client.blocks.children.append({
      block_id: page,
      children: [paragraph(content)],
      ...(position ? { position } : {}),
    });
  expect((await put('end')).results).toHaveLength(1);
  await put('start', { type: 'start' });
  await put('behind b', { type: 'after_block', after_block: { id: b } });
  await put('last', { type: 'end' });
  expect(await texts()).toEqual(['start', 'a', 'b', 'behind b', 'end', 'last']);
  const elsewhere = notion.seed.page({ title: 'Other' });
  expect(await refusal(put('x', { type: 'after_block', after_block: { id: elsewhere } }))).toContain(
    'object_not_found',
  );
});

it('gives cursors that are good for their own list only', async () => {
  const { next_cursor, has_more } = await client.blocks.children.list({ block_id: page, page_size: 1 });
  expect(has_more).toBe(true);
  const other = notion.seed.page({ title: 'Other', markdown: 'a\n\nb' });
  expect(await refusal(client.blocks.children.list({ block_id: other, start_cursor: next_cursor }))).toBe(
    `validation_error: The start_cursor provided is invalid: ${next_cursor ?? ''}`,
  );
  expect(await refusal(client.blocks.children.list({ block_id: page, page_size: 101 }))).toContain(
    'query.page_size should be ≤ `100`, instead was `101`.',
  );
});

it('ticks a box without its text, and refuses another type', async () => {
  notion.seed.write(page, '- [ ] done?');
  const id = (await idsOf()).at(-1) ?? '';
  expect(await client.blocks.update({ block_id: id, to_do: { checked: true } })).toMatchObject({
    to_do: { checked: true, rich_text: [{ plain_text: 'done?' }] },
  });
  expect(await refusal(client.blocks.update({ block_id: id, paragraph: { rich_text: text('x') } }))).toContain(
    'body.paragraph',
  );
});

it('lets nothing be done to what is in the trash or in something that is', async () => {
  const [a = '', b = ''] = await idsOf();
  await client.blocks.children.append({ block_id: b, children: [paragraph('below')] });
  expect(await client.blocks.delete({ block_id: a })).toMatchObject({ in_trash: true });
  expect(await texts()).toEqual(['b']);
  const archived = "Can't edit block that is archived. You must unarchive the block before editing.";
  expect(await refusal(client.blocks.delete({ block_id: a }))).toBe(`validation_error: ${archived}`);
  expect(await refusal(client.blocks.children.append({ block_id: a, children: [paragraph('x')] }))).toContain(archived);
  await client.blocks.update({ block_id: a, in_trash: false });
  expect(await texts()).toEqual(['a', 'b']);
  await client.pages.update({ page_id: page, in_trash: true });
  expect(await refusal(client.blocks.children.append({ block_id: b, children: [paragraph('x')] }))).toContain(
    'archived ancestor',
  );
});

it('knows both versions of the API apart', async () => {
  const [a = ''] = await idsOf();
  const old = clientOf(notion, '2025-09-03');
  const behind: object = { after: a };
  const archived: object = { archived: true };
  expect(await old.blocks.retrieve({ block_id: a })).toHaveProperty('archived', false);
  expect(await client.blocks.retrieve({ block_id: a })).not.toHaveProperty('archived');
  await old.blocks.children.append({ block_id: page, children: [paragraph('behind a')], ...behind });
  expect(await texts()).toEqual(['a', 'behind a', 'b']);
  expect(await refusal(client.blocks.children.append({ block_id: page, children: [], ...behind }))).toContain(
    'body.after should be not present',
  );
  expect(await refusal(client.pages.update({ page_id: page, ...archived }))).toContain(
    'body.archived should be not present',
  );
  expect(await old.pages.update({ page_id: page, ...archived })).toMatchObject({ in_trash: true, archived: true });
});

it('shows a page below a page as a block, and what is below a copy as below its original', async () => {
  const child = notion.seed.page({ title: 'Child', parent: page });
  expect(await client.blocks.retrieve({ block_id: child })).toMatchObject({
    type: 'child_page',
    child_page: { title: 'Child' },
  });
  const synced = (from: string | null) => ({
    synced_block: { synced_from: from === null ? null : { block_id: from } },
  });
  const [original] = (await client.blocks.children.append({ block_id: page, children: [synced(null)] })).results;
  const from = original?.id ?? '';
  await client.blocks.children.append({ block_id: from, children: [paragraph('shared')] });
  const [copy] = (await client.blocks.children.append({ block_id: page, children: [synced(from)] })).results;
  expect(await texts(copy?.id)).toEqual(['shared']);
});
