import {
  type Client,
  collectPaginatedAPI,
  isFullPageOrDataSource,
  type QueryDataSourceParameters,
} from '@notionhq/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Fields } from './check.ts';
import { type Notion, startNotion } from './server.ts';
import { clientOf, refusal } from './support.ts';

let notion: Notion;
let client: Client;
let source: string;
let ada: string;
let ids: Readonly<Record<'A' | 'B' | 'C', string>>;

beforeEach(async () => {
  notion = await startNotion({ seed: 'queries' });
  client = clientOf(notion);
  ada = notion.seed.user({ name: 'Ada', email: 'ada@example.org' });
  const properties = {
    Name: { title: {} },
    Key: { rich_text: {} },
    Status: { status: {} },
    Priority: { select: { options: [{ name: 'High' }, { name: 'Low' }] } },
    Tags: { multi_select: {} },
    Owner: { people: {} },
    Due: { date: {} },
    Estimate: { number: {} },
    Ready: { checkbox: {} },
    Number: { unique_id: {} },
    Needs: { relation: { single_property: {} } },
  };
  source = notion.seed.database({ title: 'Tasks', properties }).dataSource;
  const row = (title: string, more: Readonly<Record<string, Fields>>) =>
    notion.seed.page({ title, parent: source, properties: more });
  const text = (content: string) => ({ rich_text: [{ text: { content } }] });
  const A = row('Alpha', {
    Key: text('plan/one'),
    Status: { status: { name: 'Done' } },
    Estimate: { number: 3 },
    Ready: { checkbox: true },
  });
  const B = row('Beta', {
    ...{ Key: text('plan/two'), Status: { status: { name: 'In progress' } }, Owner: { people: [{ id: ada }] } },
    ...{
      Priority: { select: { name: 'Low' } },
      Due: { date: { start: '2026-02-01' } },
      Needs: { relation: [{ id: A }] },
    },
  });
  const C = row('Gamma', {
    Priority: { select: { name: 'High' } },
    Tags: { multi_select: [{ name: 'db' }] },
    Due: { date: { start: '2025-12-01' } },
  });
  ids = { A, B, C };
});
afterEach(async () => {
  expect(notion.mistakes).toEqual([]);
  await notion.close();
});

/** The letters of what is found. */
async function found(query: object): Promise<string> {
  const args = { data_source_id: source, ...query } as QueryDataSourceParameters;
  const all = await collectPaginatedAPI(client.dataSources.query, { page_size: 2, ...args });
  return all.map(({ id }) => Object.entries(ids).find(([, one]) => one === id)?.[0] ?? '?').join('');
}
const having = async (property: string, condition: object) =>
  Array.from(await found({ filter: { property, ...condition } }))
    .sort()
    .join('');

it.each<[string, object, string]>([
  ['Name', { title: { equals: 'Alpha' } }, 'A'],
  ['Name', { title: { contains: 'A' } }, 'ABC'],
  ['Name', { title: { starts_with: 'be' } }, 'B'],
  ['Key', { rich_text: { equals: 'plan/two' } }, 'B'],
  ['Key', { rich_text: { is_empty: true } }, 'C'],
  ['Status', { status: { equals: 'Done' } }, 'A'],
  ['Status', { status: { does_not_equal: 'Done' } }, 'BC'],
  ['Priority', { select: { equals: ['High', 'Low'] } }, 'BC'],
  ['Tags', { multi_select: { contains: 'db' } }, 'C'],
  ['Due', { date: { on_or_after: '2026-01-01' } }, 'B'],
  ['Due', { date: { before: '2026-02-01' } }, 'C'],
  ['Estimate', { number: { greater_than: 2 } }, 'A'],
  ['Ready', { checkbox: { equals: true } }, 'A'],
  ['Ready', { checkbox: { equals: false } }, 'BC'],
  ['Number', { unique_id: { less_than_or_equal_to: 2 } }, 'AB'],
])('finds by %s %j', async (property, condition, letters) => {
  expect(await having(property, condition)).toBe(letters);
});

it('finds by people, by relations, by times, and by several conditions', async () => {
  expect(await having('Owner', { people: { contains: ada } })).toBe('B');
  expect(await having('Needs', { relation: { contains: ids.A } })).toBe('B');
  expect(await having('Needs', { relation: { does_not_contain: ids.A } })).toBe('AC');
  const edited = (condition: object) =>
    found({ filter: { timestamp: 'last_edited_time', last_edited_time: condition } });
  expect(await edited({ on_or_after: '2026-01-05' })).toHaveLength(3);
  expect(await edited({ after: '2027-01-01' })).toBe('');
  const done = { property: 'Status', status: { equals: 'Done' } };
  const high = { property: 'Priority', select: { equals: 'High' } };
  const ready = { property: 'Ready', checkbox: { equals: true } };
  expect(
    await found({
      filter: { or: [high, { and: [done, ready] }] },
      sorts: [{ property: 'Name', direction: 'descending' }],
    }),
  ).toBe('CA');
});

it('says what a filter gets wrong', async () => {
  const wrong = (filter: object) => refusal(found({ filter }));
  expect(await wrong({ property: 'Nothing', checkbox: { equals: true } })).toContain(
    'Could not find property with name or id: Nothing',
  );
  expect(await wrong({ property: 'Name', number: { equals: 1 } })).toContain(
    'database property title does not match filter number',
  );
});

it('sorts by property and by time, empty ones last, and the newest first without an order', async () => {
  expect(await found({ sorts: [{ property: 'Due', direction: 'ascending' }] })).toBe('CBA');
  expect(await found({ sorts: [{ property: 'Priority', direction: 'ascending' }] })).toBe('CBA');
  expect(await found({ sorts: [{ timestamp: 'created_time', direction: 'ascending' }] })).toBe('ABC');
  expect(await found({})).toBe('CBA');
});

it('leaves out what is in the trash', async () => {
  notion.seed.trash(ids.B);
  expect(await found({})).toBe('CA');
  expect(await found({ in_trash: true })).toBe('B');
});

it('searches titles, the last edited first, and of one kind if asked', async () => {
  const search = async (args: Parameters<typeof client.search>[0]) =>
    (await client.search(args)).results.map((one) =>
      isFullPageOrDataSource(one) && one.object === 'page' ? one.url.split('/').pop()?.split('-')[0] : one.object,
    );
  await client.pages.update({ page_id: ids.A, properties: {} });
  expect(await search({ query: 'a', filter: { property: 'object', value: 'page' } })).toEqual([
    'Alpha',
    'Gamma',
    'Beta',
  ]);
  expect(await search({ query: 'task' })).toEqual(['data_source']);
  expect(await search({ query: 'plan/one' })).toEqual([]);
});

it('finds a new page by search only later, and by query at once', async () => {
  await notion.close();
  notion = await startNotion({ seed: 'late', searchDelay: 3 });
  client = clientOf(notion);
  source = notion.seed.database({ title: 'Tasks' }).dataSource;
  await client.pages.create({
    parent: { data_source_id: source },
    properties: { Name: { title: [{ text: { content: 'New' } }] } },
  });
  const counts: number[] = [];
  for (let i = 0; i < 4; i += 1) counts.push((await client.search({ query: 'New' })).results.length);
  expect(counts).toEqual([0, 0, 1, 1]);
  expect(await found({})).toBe('?');
});

it('shows nothing that is not shared, nor what is below it', async () => {
  const home = notion.seed.page({ title: 'Home' });
  const child = notion.seed.page({ title: 'Child', parent: home });
  notion.seed.unshare(home);
  expect(await refusal(client.pages.retrieve({ page_id: child }))).toContain('object_not_found: Could not find page');
  expect((await client.search({ query: 'Child' })).results).toEqual([]);
  notion.seed.share(home);
  expect(await client.pages.retrieve({ page_id: child })).toMatchObject({ id: child });
});
