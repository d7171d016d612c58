import type { BlockObjectRequest, Client } from '@notionhq/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Notion, startNotion } from './server.ts';
import { clientOf, paragraph, refusal, text } from './support.ts';

let notion: Notion;
let client: Client;
let page: string;

beforeEach(async () => {
  notion = await startNotion({ seed: 'limits' });
  client = clientOf(notion);
  page = notion.seed.page({ title: 'Page' });
});
afterEach(async () => {
  expect(notion.mistakes).toEqual([]);
  await notion.close();
});

const append = (children: readonly object[], block_id = page) =>
  client.blocks.children.append({ block_id, children: children as BlockObjectRequest[] });

/** What is said about one child that cannot be. */
const about = (child: object) => refusal(append([child]));

it('takes a hundred children, not one more', async () => {
  const many = (count: number) => Array.from({ length: count }, () => ({ divider: {} }));
  expect((await append(many(100))).results).toHaveLength(100);
  expect(await refusal(append(many(101)))).toBe(
    'validation_error: body failed validation: body.children.length should be ≤ `100`, instead was `101`.',
  );
});

it('takes texts of two thousand characters and a hundred of them', async () => {
  await append([paragraph('x'.repeat(2000))]);
  expect(await about(paragraph('x'.repeat(2001)))).toContain(
    'body.children[0].paragraph.rich_text[0].text.content.length should be ≤ `2000`, instead was `2001`.',
  );
  const pieces = Array.from({ length: 101 }, () => text('x')).flat();
  expect(await about({ quote: { rich_text: pieces } })).toContain(
    'body.children[0].quote.rich_text.length should be ≤ `100`, instead was `101`.',
  );
  expect(await about({ equation: { expression: 'x'.repeat(1001) } })).toContain('should be ≤ `1000`');
  const link = { url: `https://a.b/${'x'.repeat(2000)}` };
  expect(await about({ paragraph: { rich_text: [{ text: { content: 'x', link } }] } })).toContain(
    'text.link.url.length should be ≤ `2000`, instead was `2012`.',
  );
});

it('takes two levels below the top one', async () => {
  const item = (...children: object[]) => ({
    bulleted_list_item: { rich_text: text('x'), ...(children.length ? { children } : {}) },
  });
  await append([item(item(item()))]);
  expect(await about(item(item(item(item()))))).toContain(
    'body.children[0].bulleted_list_item.children[0].bulleted_list_item.children[0].bulleted_list_item.children should be not present',
  );
});

it('takes a thousand blocks and half a megabyte', async () => {
  const toggle = (count: number) => ({
    toggle: { rich_text: [], children: Array.from({ length: count }, () => ({ divider: {} })) },
  });
  expect((await append(Array.from({ length: 10 }, () => toggle(99)))).results).toHaveLength(10);
  expect(await refusal(append([...Array.from({ length: 10 }, () => toggle(99)), toggle(0)]))).toContain('≤ `1000`');
  const long = Array.from({ length: 26 }, () => ({
    rich_text: Array.from({ length: 10 }, () => text('x'.repeat(2000))).flat(),
  }));
  expect(await refusal(append(long.map((content) => ({ paragraph: content }))))).toContain('≤ `500000`');
});

it('knows the languages, and what a block has', async () => {
  expect(await about({ code: { rich_text: text('x'), language: 'prisma' } })).toMatch(
    /language should be `"abap"`, .*or `"java\/c\/c\+\+\/c#"`, instead was `"prisma"`/u,
  );
  expect(await about({ to_do: { rich_text: [], done: true } })).toContain(
    'body.children[0].to_do.done should be not present, instead was `true`.',
  );
  expect(await about({ paragraph: {} })).toContain('paragraph.rich_text should be defined, instead was `undefined`.');
  expect(await about({ poem: {} })).toMatch(
    /^validation_error: body failed validation\. Fix one:\nbody\.children\[0\]\.paragraph should be defined/u,
  );
});

it('keeps tables and columns in shape', async () => {
  const row = (width: number) => ({ table_row: { cells: Array.from({ length: width }, () => text('x')) } });
  const table = (...children: object[]) => ({ table: { table_width: 2, children } });
  const [created] = (await append([table(row(2))])).results;
  const id = created?.id ?? '';
  await append([row(2)], id);
  expect(await refusal(append([row(3)], id))).toContain('Number of cells in table row must match');
  expect(await about(table(row(2), row(1)))).toContain('Number of cells in table row must match');
  expect(await about(table())).toContain('table.children.length should be ≥ `1`');
  expect(await about(row(1))).toContain('cannot be a child of page');
  const column = { column: { children: [paragraph('x')] } };
  await append([{ column_list: { children: [column, column] } }]);
  expect(await about({ column_list: { children: [column] } })).toContain('children.length should be ≥ `2`');
});

it('puts children only where they can be, and then shows that they are there', async () => {
  const { results } = await append([paragraph('x'), { divider: {} }, { heading_1: { rich_text: text('h') } }]);
  const [first = '', divider = '', heading = ''] = results.map(({ id }) => id);
  expect(await client.blocks.retrieve({ block_id: first })).toMatchObject({ has_children: false });
  await append([paragraph('y')], first);
  expect(await client.blocks.retrieve({ block_id: first })).toMatchObject({ has_children: true });
  expect(await refusal(append([paragraph('y')], divider))).toContain('does not support children');
  expect(await refusal(append([paragraph('y')], heading))).toContain('does not support children');
});

it('changes nothing when a part of a request is wrong', async () => {
  const before = notion.snapshot();
  await about({ toggle: { rich_text: [], children: [{ link_to_page: { page_id: crypto.randomUUID() } }] } });
  expect({ ...notion.snapshot(), requests: 0 }).toEqual({ ...before, requests: 0 });
});
