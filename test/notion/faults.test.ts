import { APIResponseError, type Client, UnknownHTTPResponseError } from '@notionhq/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Fault } from './faults.ts';
import { tokenBucket } from './faults.ts';
import { type Notion, startNotion } from './server.ts';
import { clientOf, text } from './support.ts';

let notion: Notion;
let client: Client;
let source: string;

beforeEach(async () => {
  notion = await startNotion({ seed: 'faults' });
  client = clientOf(notion);
  source = notion.seed.database({ title: 'Tasks' }).dataSource;
});
afterEach(async () => {
  expect(notion.mistakes).toEqual([]);
  await notion.close();
});

const create = () =>
  client.pages.create({ parent: { data_source_id: source }, properties: { Name: { title: text('x') } } });
const failing = async (fault: Fault): Promise<unknown> => {
  notion.inject(fault);
  return create().then(
    () => null,
    (error: unknown) => error,
  );
};
const pages = async () => (await client.dataSources.query({ data_source_id: source })).results.length;

it.each<[Fault['how'], number]>([
  ['internal_server_error', 500],
  ['service_unavailable', 503],
  ['gateway_timeout', 504],
  ['conflict_error', 409],
  ['service_overload', 529],
  ['rate_limited', 429],
])('answers %s, before and after the work was done', async (how, status) => {
  expect(await failing({ how })).toMatchObject({ status, code: how });
  expect(await pages()).toBe(0);
  expect(await failing({ how, committed: true })).toMatchObject({ status, code: how });
  expect(await pages()).toBe(1);
});

it('says when to come again', async () => {
  const error = await failing({ how: 'rate_limited', retryAfter: 7 });
  if (!(error instanceof APIResponseError)) throw new Error('It is no answer.', { cause: error });
  expect((error.headers as Headers).get('retry-after')).toBe('7');
  expect(error.additional_data).toEqual({ rate_limit_reason: 'connection' });
});

it('cuts connections, before and after the work was done', async () => {
  expect(await failing({ how: 'cut' })).toBeInstanceOf(TypeError);
  expect(await pages()).toBe(0);
  expect(await failing({ how: 'cut', committed: true })).toBeInstanceOf(TypeError);
  expect(await pages()).toBe(1);
  expect(notion.requests.map(({ status }) => status)).toEqual([null, 200, null, 200]);
});

it('answers what is no JSON: a page of the edge, or half of it', async () => {
  expect(await failing({ how: 'bad_gateway' })).toBeInstanceOf(UnknownHTTPResponseError);
  expect(await pages()).toBe(0);
  expect(await failing({ how: 'malformed' })).toBeInstanceOf(SyntaxError);
  expect(await pages()).toBe(1);
});

it('is late', async () => {
  const impatient = clientOf(notion, '2026-03-11', 20);
  notion.inject({ how: 'slow', milliseconds: 200 });
  await expect(impatient.users.me({})).rejects.toMatchObject({ code: 'notionhq_client_request_timeout' });
  await expect(client.users.me({})).resolves.toMatchObject({ object: 'user' });
});

it('strikes the requests that are meant, as often as it is told', async () => {
  notion.inject({
    how: 'conflict_error',
    skip: 1,
    times: 2,
    only: ({ method, path }) => method === 'POST' && path === '/v1/pages',
  });
  await client.users.me({});
  const results: boolean[] = [];
  for (let i = 0; i < 4; i += 1)
    results.push(
      await create().then(
        () => true,
        () => false,
      ),
    );
  expect(results).toEqual([true, false, false, true]);
  notion.inject({ how: 'cut', times: 99 });
  notion.calm();
  await create();
});

it('lets so many requests through in a second', () => {
  let now = 0;
  const tooMany = tokenBucket(3, () => now);
  expect([1, 2, 3, 4].map(tooMany)).toEqual([false, false, false, true]);
  now = 334;
  expect([1, 2].map(tooMany)).toEqual([false, true]);
});

it('answers 429 to more requests in a second than it was started for', async () => {
  await notion.close();
  notion = await startNotion({ perSecond: 2, now: () => 0 });
  client = clientOf(notion);
  const codes: number[] = [];
  for (let i = 0; i < 4; i += 1)
    codes.push(
      await client.users.me({}).then(
        () => 200,
        (error: unknown) => (error as APIResponseError).status,
      ),
    );
  expect(codes).toEqual([200, 200, 429, 429]);
});
