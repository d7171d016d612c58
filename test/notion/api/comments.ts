import { choice, expectValid, fields, type Fields, isFields, oneOf, text, uuid } from '../check.ts';
import { notFound, restricted } from '../errors.ts';
import { inlineMarkdown } from '../markdown-blocks.ts';
import type { Capability } from '../options.ts';
import { paged } from '../paging.ts';
import { renderComment } from '../render.ts';
import { paging, richText } from '../request-shapes.ts';
import { toRichText } from '../rich-text.ts';
import type { Comment, RichText } from '../state.ts';
import { dashed, expectEditable, find, newId } from '../world.ts';
import { type Call, expectQuery, type Routes } from './call.ts';

function expectAllowed({ world }: Call, capability: Capability): void {
  if (!world.capabilities.has(capability)) throw restricted();
}

const name = choice({ custom: fields({ name: text() }) });
const displayName = (value: unknown, at: string): readonly string[] =>
  isFields(value) && (value['type'] === 'integration' || value['type'] === 'user')
    ? fields({ type: oneOf('integration', 'user') })(value, at)
    : name(value, at);

const content = { rich_text: richText, markdown: text() };
const where = { parent: choice({ page_id: uuid, block_id: uuid }), discussion_id: uuid };

/** Exactly one way to say what, and one to say where. */
const creation = (value: unknown, at: string): readonly string[] => {
  const said = isFields(value) ? value : {};
  const one = (choices: Readonly<Record<string, unknown>>) =>
    Object.entries(choices).filter(([key]) => said[key] !== undefined);
  const required = [...one(where).slice(0, 1), ...one(content).slice(0, 1)];
  if (required.length < 2) return choice(one(where).length ? content : where, {}, false)(said, at);
  return fields(Object.fromEntries(required) as typeof content, { display_name: displayName })(value, at);
};

const said = ({ world, body }: Call): RichText =>
  typeof body['markdown'] === 'string'
    ? toRichText(world, inlineMarkdown(body['markdown']))
    : toRichText(world, body['rich_text']);

function create(call: Call): Fields {
  expectAllowed(call, 'insert comments');
  const { world, body, by } = call;
  expectValid(creation, body, 'body');
  const now = world.now();
  const comment: Comment = {
    id: newId(world),
    ...placeOf(call),
    text: said(call),
    name: nameOf(call),
    created: now,
    edited: now,
    createdBy: by,
  };
  world.state.comments[comment.id] = comment;
  return shown(call, comment);
}

function placeOf({ world, body }: Call): Pick<Comment, 'discussion' | 'parent'> {
  if (typeof body['discussion_id'] === 'string') {
    const discussion = dashed(body['discussion_id']);
    const other = Object.values(world.state.comments).find((comment) => comment.discussion === discussion);
    if (!other) throw notFound('discussion', discussion);
    return { discussion, parent: other.parent };
  }
  const { page_id, block_id } = body['parent'] as Fields;
  const thing =
    typeof page_id === 'string'
      ? find(world, ['page'], page_id)
      : find(world, ['block', 'page'], String(block_id), 'block');
  expectEditable(world, thing);
  return { discussion: newId(world), parent: { type: thing.kind === 'page' ? 'page_id' : 'block_id', id: thing.id } };
}

function nameOf({ world, body }: Call): Comment['name'] {
  const wanted = (body['display_name'] ?? { type: 'integration' }) as Fields;
  if (isFields(wanted['custom'])) return { type: 'custom', resolved_name: String(wanted['custom']['name']) };
  const { bot, users } = world.state;
  return { type: String(wanted['type']), resolved_name: users[bot]?.name ?? null };
}

/** Who may not read comments is told the id alone. */
const shown = ({ world }: Call, comment: Comment): Fields =>
  world.capabilities.has('read comments') ? renderComment(comment) : { object: 'comment', id: comment.id };

function findComment({ world, path }: Call): Comment {
  const id = path['comment_id'] ?? '';
  const comment = world.state.comments[id];
  if (!comment) throw notFound('comment', id);
  find(world, ['page', 'block'], comment.parent.id);
  return comment;
}

function list(call: Call): Fields {
  expectAllowed(call, 'read comments');
  expectQuery(call, { block_id: uuid }, paging);
  const { start_cursor, page_size, block_id } = call.query;
  const { id } = find(call.world, ['block', 'page'], String(block_id), 'block');
  const all = Object.values(call.world.state.comments).filter(({ parent }) => parent.id === id);
  const items = all.map((comment) => ({ id: comment.id, shown: () => renderComment(comment) }));
  return paged('comment', items, { list: `comments ${id}`, start_cursor, page_size });
}

function update(call: Call): Fields {
  expectAllowed(call, 'insert comments');
  expectValid(choice(content, {}, false), call.body, 'body');
  const comment = findComment(call);
  if (comment.createdBy !== call.by) throw restricted();
  comment.text = said(call);
  comment.edited = call.world.now();
  return shown(call, comment);
}

function remove(call: Call): Fields {
  expectAllowed(call, 'insert comments');
  const comment = findComment(call);
  if (comment.createdBy !== call.by) throw restricted();
  Reflect.deleteProperty(call.world.state.comments, comment.id);
  return shown(call, comment);
}

export const comments: Routes = {
  'POST /v1/comments': create,
  'GET /v1/comments': list,
  'GET /v1/comments/:comment_id': (call) => {
    expectAllowed(call, 'read comments');
    return renderComment(findComment(call));
  },
  'PATCH /v1/comments/:comment_id': update,
  'DELETE /v1/comments/:comment_id': remove,
};
