import { type Call, type Handler, type Routes } from './api/call.ts';
import { matcherOf } from './api/match.ts';
import { blocks } from './api/blocks.ts';
import { comments } from './api/comments.ts';
import { databases } from './api/databases.ts';
import { markdown } from './api/markdown.ts';
import { pages } from './api/pages.ts';
import { propertyItems } from './api/property-items.ts';
import { queries } from './api/queries.ts';
import { users } from './api/users.ts';
import { expectValid, fields, type Fields, isFields, text, uuid } from './check.ts';
import { ApiError } from './errors.ts';
import type { Version } from './render.ts';
import { dashed, type World } from './world.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly version: string | undefined;
  readonly text: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Fields;
  readonly retryAfter: number | null;
}

const routes: Routes = {
  ...users,
  ...pages,
  ...propertyItems,
  ...markdown,
  ...blocks,
  ...databases,
  ...queries,
  ...comments,
};

/** `METHOD /v1/path/:id`, all that there is. */
export const allRoutes: readonly string[] = Object.keys(routes);

const match = matcherOf(allRoutes);

/** Does what a request asks, wholly or not at all. What is thrown is no answer of Notion's but a fault of this server. */
export function answer(world: World, token: string, request: Request): Answer {
  world.state.requests += 1;
  const before = request.method === 'GET' ? null : structuredClone(world.state);
  try {
    return { status: 200, body: handle(world, token, request), retryAfter: null };
  } catch (error) {
    if (before) world.state = before;
    if (!(error instanceof ApiError)) throw error;
    return errorAnswer(error);
  }
}

export const errorAnswer = ({ status, code, message, additional, retryAfter }: ApiError): Answer => ({
  status,
  body: { object: 'error', status, code, message, ...(additional ? { additional_data: additional } : {}) },
  retryAfter,
});

function handle(world: World, token: string, request: Request): Fields {
  const { handler, path } = routed(request);
  if (request.authorization !== `Bearer ${token}`) throw new ApiError(401, 'unauthorized', 'API token is invalid.');
  const version = expectVersion(request.version);
  const body = parsed(request.text);
  const call: Call = {
    world,
    version,
    path: checkedPath(path),
    query: queryOf(request.query),
    body,
    by: world.state.bot,
  };
  return handler(call);
}

function routed({ method, path }: Request): {
  readonly handler: Handler;
  readonly path: Readonly<Record<string, string>>;
} {
  const matched = match(method, path);
  const handler = matched ? routes[matched.route] : undefined;
  if (matched && handler) return { handler, path: matched.path };
  throw new ApiError(400, 'invalid_request_url', 'Invalid request URL.');
}

function expectVersion(version: string | undefined): Version {
  if (version === '2025-09-03' || version === '2026-03-11') return version;
  const how =
    version === undefined
      ? 'should be defined, instead was `undefined`'
      : `should be a version of the API, instead was \`"${version}"\``;
  throw new ApiError(400, 'missing_version', `Notion-Version header failed validation: Notion-Version header ${how}.`);
}

function parsed(body: string): Fields {
  if (body.length > maxBytes)
    throw new ApiError(
      400,
      'validation_error',
      `body failed validation: body.length should be ≤ \`${maxBytes}\`, instead was \`${body.length}\`.`,
    );
  try {
    const value: unknown = body === '' ? {} : JSON.parse(body);
    if (isFields(value)) return value;
  } catch {
    throw new ApiError(400, 'invalid_json', 'Error parsing JSON body.');
  }
  throw new ApiError(400, 'validation_error', 'body failed validation: body should be an object.');
}

const maxBytes = 500_000;

function checkedPath(path: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { property_id, ...ids } = path;
  const members = Object.fromEntries(Object.keys(ids).map((key) => [key, uuid]));
  expectValid(fields(members, { property_id: text() }), path, 'path');
  const entries = Object.entries(ids).map(([key, id]) => [key, dashed(id)]);
  return {
    ...(Object.fromEntries(entries) as Readonly<Record<string, string>>),
    ...(property_id === undefined ? {} : { property_id: decodeURIComponent(property_id) }),
  };
}

/** Numbers, truth values and lists are what they look like. */
export function queryOf(query: URLSearchParams): Fields {
  const names = [...new Set([...query.keys()].map((name) => name.replace(/\[\]$/u, '')))];
  const entries = names.map((name): readonly [string, unknown] => {
    const values = [...query.getAll(name), ...query.getAll(`${name}[]`)];
    if (name === 'filter_properties') return [name, values];
    const [value = ''] = values;
    if (name === 'page_size') return [name, /^\d+$/u.test(value) ? Number(value) : value];
    return [name, value === 'true' || (value === 'false' ? false : value)];
  });
  return Object.fromEntries(entries);
}
