import { APIResponseError, Client } from '@notionhq/client';
import type { Notion } from './server.ts';

/** The official client, without its own retries and without a word on the console. */
export const clientOf = ({ url, token }: Notion, notionVersion = '2026-03-11', timeoutMs = 60_000): Client =>
  new Client({ auth: token, baseUrl: url, notionVersion, timeoutMs, retry: false, logger: () => undefined });

/** `code: message` of a request that must be refused. */
export async function refusal(request: Promise<unknown>): Promise<string> {
  const error = await request.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof APIResponseError)) throw new Error('The request was not refused.', { cause: error });
  return `${error.code}: ${error.message}`;
}

export const text = (content: string) => [{ text: { content } }];
export const paragraph = (content: string) => ({ paragraph: { rich_text: text(content) } });
