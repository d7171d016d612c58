import { APIResponseError, type Client } from '@notionhq/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Notion, startNotion } from './server.ts';
import { clientOf } from './support.ts';

let notion: Notion;
let client: Client;

beforeEach(async () => {
  notion = await startNotion({ seed: 'server' });
  client = clientOf(notion);
});
afterEach(async () => {
  expect(notion.mistakes).toEqual([]);
  await notion.close();
});

it('knows the token, the version and the address', async () => {
  const send = async (path: string, headers: Record<string, string>, body?: string) => {
    const response = await fetch(notion.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const { code, request_id } = (await response.json()) as { code?: string; request_id?: string };
    expect(response.headers.get('x-notion-request-id')).toBe(request_id);
    return [response.status, code];
  };
  const good = { authorization: `Bearer ${notion.token}`, 'notion-version': '2026-03-11' };
  expect(await send('/v1/users/me', good)).toEqual([200, undefined]);
  expect(await send('/v1/users/me', { ...good, authorization: 'Bearer wrong' })).toEqual([401, 'unauthorized']);
  expect(await send('/v1/users/me', { authorization: good.authorization })).toEqual([400, 'missing_version']);
  expect(await send('/v1/users/me', { ...good, 'notion-version': '2020-01-01' })).toEqual([400, 'missing_version']);
  expect(await send('/v1/nothing', good)).toEqual([400, 'invalid_request_url']);
  expect(await send('/v1/search', good, '{')).toEqual([400, 'invalid_json']);
});

it('takes ids with and without dashes, and says what it cannot find', async () => {
  const page = notion.seed.page({ title: 'Plan' });
  expect((await client.pages.retrieve({ page_id: page.replaceAll('-', '') })).id).toBe(page);
  const { database } = notion.seed.database({ title: 'Tasks' });
  const error = await client.pages.retrieve({ page_id: database }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(APIResponseError);
  expect(error).toMatchObject({
    status: 404,
    code: 'object_not_found',
    message: `Could not find page with ID: ${database}. Make sure the relevant pages and databases are shared with your integration.`,
  });
});
