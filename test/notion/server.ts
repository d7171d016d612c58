/**
 * A local Notion: the HTTP API of one workspace in memory, for tests and for trying things out without an account.
 *
 *     const notion = await startNotion({ seed: 'a' });
 *     const client = new Client({ auth: notion.token, baseUrl: notion.url, notionVersion: '2026-03-11' });
 *     const { dataSource } = notion.seed.database({ title: 'Tasks', properties: { Name: { title: {} } } });
 *     notion.inject({ how: 'cut', committed: true, skip: 2 });
 *     ... notion.requests, notion.outline(); to look at in a browser: notion.url + '/view'
 *     await notion.close();
 *
 * What it does not have is refused: uploads, views, templates, webhooks, asynchronous tasks.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, answer, errorAnswer, queryOf, type Request } from './answer.ts';
import type { Fields } from './check.ts';
import { ApiError } from './errors.ts';
import { answers, type Fault, type FaultQueue, takeFault, tokenBucket } from './faults.ts';
import type { NotionOptions } from './options.ts';
import { outlineOf } from './outline.ts';
import { type Seed, seedOf } from './seed.ts';
import type { State } from './state.ts';
import { viewOf } from './view/pages.ts';
import { newId, type World } from './world.ts';

/** One request that came, with what became of it. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly version: string | undefined;
  readonly query: Fields;
  /** As it was sent; undefined where there was none or it was no JSON. */
  readonly body: unknown;
  /** Null when the connection was cut. */
  readonly status: number | null;
  readonly response: unknown;
  readonly fault: Fault['how'] | null;
}

export interface Notion extends Disposable {
  /** Without a slash at the end, and without `/v1`. */
  readonly url: string;
  readonly token: string;
  /** What a person does in the application. */
  readonly seed: Seed;
  readonly requests: readonly LoggedRequest[];
  /** From the next request on. */
  readonly inject: (fault: Fault) => void;
  /** Takes back all faults that have not happened. */
  readonly calm: () => void;
  /** Everything in the workspace, as JSON. */
  readonly snapshot: () => State;
  readonly restore: (state: State) => void;
  /** All that a person sees, line by line, without ids and times: equal for workspaces that say the same. */
  readonly outline: () => string;
  /** Mistakes of this server, each answered with 500. */
  readonly mistakes: readonly unknown[];
  readonly close: () => Promise<void>;
}

export async function startNotion(options: NotionOptions = {}): Promise<Notion> {
  const { token = 'ntn_local', perSecond, port = 0 } = options;
  const world = newWorld(options);
  const faults: FaultQueue = [];
  const tooMany = perSecond === undefined ? () => false : tokenBucket(perSecond, options.now ?? Date.now);
  const requests: LoggedRequest[] = [];
  const mistakes: unknown[] = [];

  const respond = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await requestOf(incoming);
    if (!request.path.startsWith('/v1')) {
      const page = request.method === 'GET' ? viewOf(world, request.path) : null;
      response
        .writeHead(page === null ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' })
        .end(page ?? 'Not found');
      return;
    }
    const fault = takeFault(faults, request) ?? (tooMany() ? ({ how: 'rate_limited' } as const) : null);
    const real = (): Answer => {
      try {
        return answer(world, token, request);
      } catch (mistake) {
        mistakes.push(mistake);
        return errorAnswer(new ApiError(500, 'internal_server_error', String(mistake)));
      }
    };
    const sent = await send(response, fault, real, newRequestId(requests.length));
    const { method, path, version } = request;
    requests.push({
      method,
      path,
      version,
      query: queryOf(request.query),
      body: jsonOf(request.text),
      ...sent,
      fault: fault?.how ?? null,
    });
  };
  const server = createServer((incoming, response) => void respond(incoming, response));
  server.keepAliveTimeout = 0; // a client that was busy must not find its connection closed
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const close = () => closed(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    seed: seedOf(world),
    requests,
    inject: (fault) => void faults.push({ ...fault, passed: 0, happened: 0 }),
    calm: () => void faults.splice(0),
    snapshot: () => structuredClone(world.state),
    restore: (state) => void (world.state = structuredClone(state)),
    outline: () => outlineOf(world),
    mistakes,
    close,
    [Symbol.dispose]: () => void close(),
  };
}

function newWorld({
  seed = 'notion',
  now = steadyClock(),
  searchDelay = 0,
  capabilities,
  state,
}: NotionOptions): World {
  const world: World = {
    state: state
      ? structuredClone(state)
      : { things: {}, children: {}, comments: {}, users: {}, unshared: [], bot: '', ids: 0, requests: 0 },
    ...{ seed, now, searchDelay },
    capabilities: new Set(capabilities ?? ['read comments', 'insert comments', 'read users']),
  };
  if (state) return world;
  const bot = newId(world);
  world.state.users[bot] = { id: bot, name: 'Lockkeeper', email: null };
  world.state.bot = bot;
  return world;
}

/** A second later whenever it is looked at. */
function steadyClock(): () => number {
  let now = Date.UTC(2026, 0, 5, 9);
  return () => (now += 1000);
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost');
  const version = incoming.headers['notion-version'];
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: searchParams,
    authorization: incoming.headers.authorization,
    version: Array.isArray(version) ? version[0] : version,
    text: Buffer.concat(chunks).toString(),
  };
}

const newRequestId = (count: number): string => `00000000-0000-4000-a000-${String(count).padStart(12, '0')}`;

async function send(
  response: ServerResponse,
  fault: Fault | null,
  real: () => Answer,
  id: string,
): Promise<Pick<LoggedRequest, 'status' | 'response'>> {
  const how = fault?.how;
  if (how === 'slow') await new Promise((done) => setTimeout(done, fault?.milliseconds ?? 100));
  if (how === undefined || how === 'slow') return sendJson(response, real(), id);
  if (how === 'malformed') return sendJson(response, real(), id, (text) => text.slice(0, text.length / 2));
  if (fault?.committed === true) real();
  if (how === 'cut') {
    response.destroy();
    return { status: null, response: null };
  }
  const [status, message] = answers[how];
  if (how === 'bad_gateway') {
    response.writeHead(status, { 'content-type': 'text/html' }).end(message);
    return { status, response: message };
  }
  const limited = how === 'rate_limited' || how === 'service_overload';
  const more = limited ? { retryAfter: fault?.retryAfter ?? 1, additional: { rate_limit_reason: 'connection' } } : {};
  return sendJson(response, errorAnswer(new ApiError(status, how, message, more)), id);
}

function sendJson(
  response: ServerResponse,
  { status, body, retryAfter }: Answer,
  id: string,
  spoil: (text: string) => string = (text) => text,
): Pick<LoggedRequest, 'status' | 'response'> {
  const whole = { ...body, request_id: id };
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'x-notion-request-id': id,
    ...(retryAfter === null ? {} : { 'retry-after': String(retryAfter) }),
  });
  response.end(spoil(JSON.stringify(whole)));
  return { status, response: whole };
}

function jsonOf(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function closed(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return done;
}
