import { Client, isHTTPResponseError } from '@notionhq/client';
import type { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { LockkeeperError } from '../../errors.ts';
import { notAllowed, notionFailed, notShared, tokenMalformed, tokenRefused } from './errors.ts';
import { list } from './shapes.ts';

export interface NotionAccess {
  readonly token: string;
  /** Without `/v1`; null for Notion itself. */
  readonly baseUrl: string | null;
  readonly clock: Clock;
}

export interface NotionRequest {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** Without `/v1/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** What it is about, as a message names it: `page 1a2b…`. */
  readonly what: string;
}

type Ask = <T>(request: NotionRequest, shape: z.ZodType<T>) => Promise<T>;

export interface Notion {
  /** For requests that may be made twice: reading, and writing that sets something. */
  readonly repeat: Ask;
  /** For requests that would add a second time. Throws AnswerLost where it is not known what became of it. */
  readonly once: Ask;
  /** All pages of a list. */
  readonly all: <T>(request: NotionRequest, item: z.ZodType<T>) => Promise<T[]>;
  /** Calls `work`, and again when an answer was lost: it has to look first at what is there. */
  readonly settle: <T>(work: () => Promise<T>) => Promise<T>;
}

/** It is not known what is there now: look again. */
export class AnswerLost extends Error {}

const TRIES = 6;
const TIMEOUT_MS = 60_000;
const LONGEST_PAUSE_MS = 60_000;

/** Requests to Notion, one at a time. What passes is tried again; what does not is a LockkeeperError that never holds the token. */
export function connectNotion({ token, baseUrl, clock }: NotionAccess, signal: AbortSignal): Notion {
  if (!/^[\x21-\x7e]+$/u.test(token)) throw tokenMalformed();
  const client = new Client({
    ...{ auth: token, notionVersion: '2026-03-11', retry: false, timeoutMs: 2 * TIMEOUT_MS, logger: () => undefined },
    ...(baseUrl === null ? {} : { baseUrl }),
    fetch: (url, init) =>
      fetch(url, { ...(init as RequestInit), signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) }),
  });
  const pause = async (tries: number, ms: number | null): Promise<void> => {
    const growing = 1000 * 2 ** (tries - 1) * (0.75 + Math.random() / 2);
    await clock.sleep(Math.min(ms ?? growing, LONGEST_PAUSE_MS), signal);
  };
  const ask =
    (repeatable: boolean): Ask =>
    async (request, shape) => {
      const { method, path, query, body, what } = request;
      for (let tries = 1; ; tries++) {
        signal.throwIfAborted();
        try {
          const answer = await client.request({ method, path, ...(query && { query }), ...(body && { body }) });
          return checked(answer, shape, what);
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          const failure = failureOf(error, what, token);
          if (failure instanceof LockkeeperError) throw failure;
          if (!failure.refused && !repeatable) throw new AnswerLost(failure.message);
          if (tries === TRIES) throw notionFailed(`${failure.message} (${what})`, concealed(error, token));
          await pause(tries, failure.retryAfterMs);
        }
      }
    };
  const repeat = ask(true);
  return {
    repeat,
    once: ask(false),
    all: (request, item) => allPages(repeat, request, item),
    settle: async (work) => {
      for (let tries = 1; ; tries++)
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof AnswerLost)) throw error;
          if (tries === TRIES) throw notionFailed(error.message, error);
          await pause(tries, null);
        }
    },
  };
}

async function allPages<T>(ask: Ask, request: NotionRequest, item: z.ZodType<T>): Promise<T[]> {
  const results: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Readonly<Record<string, string | number>> = {
      page_size: 100,
      ...(cursor === null ? {} : { start_cursor: cursor }),
    };
    const paged =
      request.method === 'get' ? { query: { ...request.query, ...page } } : { body: { ...request.body, ...page } };
    const answer = await ask({ ...request, ...paged }, list(item));
    results.push(...answer.results);
    cursor = answer.has_more ? answer.next_cursor : null;
  } while (cursor !== null);
  return results;
}

function checked<T>(answer: unknown, shape: z.ZodType<T>, what: string): T {
  const { success, data, error } = shape.safeParse(answer);
  if (success) return data;
  const [issue] = error.issues;
  throw notionFailed(
    `the answer is not what the API describes (${what}, ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}).`,
    error,
  );
}

/** It may pass. `refused`: it was certainly not carried out. */
interface Passing {
  readonly message: string;
  readonly refused: boolean;
  readonly retryAfterMs: number | null;
}

function failureOf(error: unknown, what: string, token: string): LockkeeperError | Passing {
  if (error instanceof LockkeeperError) return error;
  const cause = concealed(error, token);
  if (!isHTTPResponseError(error)) return { message: cause.message, refused: false, retryAfterMs: null };
  const { status } = error;
  if (status === 401) return tokenRefused(cause);
  if (status === 403) return notAllowed(what, cause);
  if (status === 404) return notShared(what, cause);
  if (status !== 409 && status !== 429 && status < 500) return notionFailed(`${cause.message} (${what})`, cause);
  const header = (error.headers as Headers).get('retry-after');
  const seconds = header === null ? NaN : Number(header);
  return {
    message: cause.message,
    refused: status === 429 || status === 529,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
  };
}

/** What happened, without the token wherever a library may have put it. */
function concealed(error: unknown, token: string): Error {
  const parts =
    error instanceof Error ? [error.message, error.cause instanceof Error ? error.cause.message : ''] : [String(error)];
  const message = parts.filter((part) => part !== '').join(': ');
  return new Error(message.replaceAll(token, '(the token)'));
}
