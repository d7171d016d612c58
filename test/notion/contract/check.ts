import { APIErrorCode } from '@notionhq/client';
import { Ajv, type AnySchema, type ValidateFunction } from 'ajv';
import { createGenerator, type Schema } from 'ts-json-schema-generator';
import { fileURLToPath } from 'node:url';
import { matcherOf } from '../api/match.ts';
import { isFields } from '../check.ts';
import type { LoggedRequest } from '../server.ts';

export interface ContractCheck {
  /** `METHOD /v1/path/:id`, all that the contract knows. */
  readonly routes: readonly string[];
  /** What is wrong with a request that was taken, or with any answer, by the types of the official client. */
  readonly problemsOf: (logged: LoggedRequest) => readonly string[];
}

/** Makes JSON Schemas of the client's types; takes a second or two. */
export function contractCheck(): ContractCheck {
  const path = fileURLToPath(new URL('types.ts', import.meta.url));
  const tsconfig = fileURLToPath(new URL('../../../tsconfig.check.json', import.meta.url));
  const generator = createGenerator({ path, tsconfig, type: 'Contract', skipTypeCheck: true, expose: 'all' });
  const schema = generator.createSchema('Contract');
  addHasMore(schema);
  const contract = schema.definitions?.['Contract'];
  const routes = Object.keys(isFields(contract) && isFields(contract['properties']) ? contract['properties'] : {});
  const match = matcherOf(routes);
  const validators = { '2025-09-03': validatorsOf(schema), '2026-03-11': validatorsOf(withoutArchived(schema)) };

  const problemsOf = ({ method, path: address, version, query, body, status, response }: LoggedRequest) => {
    if (status !== 200) return errorProblems(status, response);
    const matched = match(method, address);
    const validate = version === '2025-09-03' || version === '2026-03-11' ? validators[version] : null;
    if (!matched || !validate) return [`${method} ${address}: not in the contract`];
    const request = { ...matched.path, ...query, ...(isFields(body) ? body : {}) };
    const { request_id, ...answer } = isFields(response) ? response : {};
    return [
      ...validate(matched.route, 'request', request),
      ...validate(matched.route, 'response', answer),
      ...(typeof request_id === 'string' ? [] : [`${matched.route}: no request_id`]),
    ];
  };
  return { routes, problemsOf };
}

type Validate = (route: string, part: 'request' | 'response', value: unknown) => readonly string[];

function validatorsOf(schema: Schema): Validate {
  const ajv = new Ajv({ strict: false, validateSchema: false, inlineRefs: false }); // inlined it takes seconds to compile
  ajv.addSchema(schema as AnySchema, 'contract');
  const validators = new Map<string, ValidateFunction>();
  return (route, part, value) => {
    const key = `${route} ${part}`;
    const exchange = definitionOf(schema, memberOf(definitionOf(schema, schema), route));
    const validate = validators.get(key) ?? ajv.compile(outside(memberOf(exchange, part)));
    validators.set(key, validate);
    if (validate(value)) return [];
    const problems = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
    return [`${route}: ${part} ${problems.slice(0, 5).join(', ')}: ${JSON.stringify(value).slice(0, 3000)}`];
  };
}

/** What stands behind a reference. */
function definitionOf({ definitions = {} }: Schema, node: unknown): unknown {
  const reference = isFields(node) ? node['$ref'] : undefined;
  return typeof reference === 'string'
    ? definitions[decodeURIComponent(reference.replace('#/definitions/', ''))]
    : node;
}

const memberOf = (node: unknown, name: string): unknown => {
  const members = isFields(node) ? node['properties'] : undefined;
  if (isFields(members) && name in members) return members[name];
  throw new Error(`${name} is not in the contract`);
};

/** The same with references into the whole schema. */
const outside = (node: unknown): AnySchema =>
  JSON.parse(JSON.stringify(node).replaceAll('"#/definitions/', '"contract#/definitions/')) as AnySchema;

/** A relation in a page says whether there is more of it; the reference has it, the types have not. */
function addHasMore(node: unknown): void {
  if (Array.isArray(node)) for (const one of node) addHasMore(one);
  if (!isFields(node)) return;
  const { properties } = node;
  if (isFields(properties) && isFields(properties['relation']) && properties['relation']['type'] === 'array')
    Object.assign(properties, { has_more: { type: 'boolean' } });
  for (const one of Object.values(node)) addHasMore(one);
}

/** What the newer version answers: without the older one's word for the trash. */
function withoutArchived(schema: Schema): Schema {
  const bare = structuredClone(schema);
  for (const [name, definition] of Object.entries(bare.definitions ?? {})) {
    if (!name.endsWith('ObjectResponse') || !isFields(definition)) continue;
    const { properties, required } = definition;
    if (isFields(properties)) Reflect.deleteProperty(properties, 'archived');
    if (Array.isArray(required)) Object.assign(definition, { required: required.filter((key) => key !== 'archived') });
  }
  return bare;
}

const codes: readonly string[] = [
  ...Object.values(APIErrorCode),
  'missing_version',
  'service_overload',
  'invalid_request',
];

/** A cut connection and a page of the edge's are no answers of the API. */
function errorProblems(status: number | null, response: unknown): readonly string[] {
  if (status === null || status === 502) return [];
  const {
    object,
    status: said,
    code,
    message,
    request_id,
    additional_data = {},
    ...others
  } = isFields(response) ? response : {};
  const good =
    object === 'error' &&
    said === status &&
    codes.includes(String(code)) &&
    typeof message === 'string' &&
    typeof request_id === 'string' &&
    isFields(additional_data) &&
    !Object.keys(others).length;
  return good ? [] : [`error ${String(status)}: ${JSON.stringify(response)}`];
}
