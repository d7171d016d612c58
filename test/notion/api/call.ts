import { expectValid, fields, type Fields, type Members } from '../check.ts';
import type { Version } from '../render.ts';
import type { World } from '../world.ts';

/** One request, as far as it has been understood. */
export interface Call {
  readonly world: World;
  readonly version: Version;
  /** What stands in the path: `/v1/pages/:page_id`. Ids are dashed. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Fields;
  readonly body: Fields;
  /** The user who acts: the token's bot. */
  readonly by: string;
}

export type Handler = (call: Call) => Fields;

/** By `METHOD /v1/path/:id`. */
export type Routes = Readonly<Record<string, Handler>>;

export const expectBody = (call: Call, required: Members, others: Members = {}): void =>
  expectValid(fields(required, others), call.body, 'body');

export const expectQuery = (call: Call, required: Members, others: Members = {}): void =>
  expectValid(fields(required, others), call.query, 'query');
