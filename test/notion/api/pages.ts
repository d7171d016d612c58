import { addBlocks, expectBlocksFit } from '../block-tree.ts';
import { withType } from '../block-content.ts';
import { boolean, choice, entries, fields, type Fields, isFields, list, oneOf, orNull, text, uuid } from '../check.ts';
import { archivedAncestor, invalid, notFound } from '../errors.ts';
import { blocksOfMarkdown } from '../markdown-blocks.ts';
import { leaveRelations, writeValues } from '../property-values.ts';
import { renderPage } from '../render.ts';
import { block, cover, icon, propertyValue } from '../request-shapes.ts';
import type { Page, Parent } from '../state.ts';
import {
  childrenOf,
  dashed,
  expectEditable,
  find,
  isTrashed,
  place,
  someAbove,
  stamp,
  touch,
  type World,
} from '../world.ts';
import { trashMembers, wantedTrash } from './blocks.ts';
import { type Call, expectBody, expectQuery, type Routes } from './call.ts';

const filterProperties = { filter_properties: list(text()) };

const show = (call: Call, page: Page): Fields =>
  renderPage(call.world, call.version, page, (call.query['filter_properties'] ?? []) as string[]);

export const findPage = ({ world, path }: Call): Page => find(world, ['page'], path['page_id'] ?? '');

const looks = { icon: orNull(icon), cover: orNull(cover) };

const setLooks = (page: Page, body: Fields): void => {
  for (const key of ['icon', 'cover'] as const) {
    const value = body[key];
    if (value !== undefined) page[key] = isFields(value) ? withType(value) : null;
  }
};

const parentShape = choice({ page_id: uuid, data_source_id: uuid, database_id: uuid, workspace: oneOf(true) });

/** Where a page goes that names this parent. */
function pageParent(world: World, request: Fields | undefined): Parent {
  const id = (key: string): string | undefined =>
    typeof request?.[key] === 'string' ? dashed(request[key]) : undefined;
  const page = id('page_id');
  if (page !== undefined) return { type: 'page_id', id: editable(world, find(world, ['page'], page)).id };
  const source = id('data_source_id');
  if (source !== undefined)
    return { type: 'data_source_id', id: editable(world, find(world, ['data source'], source)).id };
  const database = id('database_id');
  if (database === undefined) return { type: 'workspace' };
  const [only, ...others] = childrenOf(world, find(world, ['database'], database).id, 'data source');
  if (!only || others.length)
    throw invalid('Databases with multiple data sources are not supported in this API version.');
  return { type: 'data_source_id', id: editable(world, only).id };
}

function editable<Thing extends Parameters<typeof isTrashed>[1]>(world: World, thing: Thing): Thing {
  if (isTrashed(world, thing)) throw archivedAncestor();
  return thing;
}

const position = (value: unknown, at: string): readonly string[] =>
  isFields(value) && (value['type'] === 'page_start' || value['type'] === 'page_end')
    ? fields({ type: oneOf('page_start', 'page_end') })(value, at)
    : choice({ after_block: fields({ id: uuid }) })(value, at);

function create(call: Call): Fields {
  const { world, body, by } = call;
  expectQuery(call, {}, filterProperties);
  expectBody(
    call,
    {},
    {
      ...{ parent: parentShape, properties: entries(propertyValue), ...looks, position, markdown: text() },
      ...{
        children: list(block()),
        content: list(block()),
        allow_async: boolean,
        template: fields({ type: oneOf('none') }),
      },
    },
  );
  const parent = pageParent(world, body['parent'] as Fields | undefined);
  const source = parent.type === 'data_source_id' ? find(world, ['data source'], parent.id) : null;
  const page: Page = {
    kind: 'page',
    ...stamp(world, parent, by),
    ...{ icon: null, cover: null, locked: false, values: {} },
    number: source ? source.rows + 1 : 0,
    indexed: world.state.requests + world.searchDelay,
  };
  setLooks(page, body);
  const requests = (body['children'] ?? body['content'] ?? []) as readonly Fields[];
  expectBlocksFit(world, page, requests);
  if (body['markdown'] !== undefined && requests.length)
    throw invalid('body failed validation: body.markdown should be not present when body.children is.');
  const at = indexOf(call, parent);
  writeValues(world, page, (body['properties'] ?? {}) as Record<string, Fields>);
  if (source) source.rows += 1;
  place(world, page, at);
  addBlocks(world, page, requests, by);
  if (typeof body['markdown'] === 'string') addMarkdown(call, page, body['markdown']);
  return show(call, page);
}

/** The first heading is the title when nothing else is. */
function addMarkdown({ world, by }: Call, page: Page, markdown: string): void {
  const [, heading = null, rest = markdown] = page.values['title'] ? [] : (/^# (.*)\n*([^]*)$/u.exec(markdown) ?? []);
  if (heading !== null) writeValues(world, page, { title: { title: [{ text: { content: heading } }] } });
  addBlocks(world, page, blocksOfMarkdown(rest), by);
}

function indexOf({ world, body }: Call, parent: Parent): number | undefined {
  const where = body['position'];
  if (!isFields(where) || parent.type !== 'page_id') return undefined;
  if (where['type'] === 'page_start') return 0;
  if (!isFields(where['after_block'])) return undefined;
  const id = dashed(String(where['after_block']['id']));
  const index = (world.state.children[parent.id] ?? []).indexOf(id);
  if (index < 0) throw notFound('block', id);
  return index + 1;
}

function update(call: Call): Fields {
  const { world, body, by } = call;
  expectQuery(call, {}, filterProperties);
  const others = { is_locked: boolean, is_archived: boolean, erase_content: boolean };
  expectBody(call, {}, { properties: entries(propertyValue), ...looks, ...others, ...trashMembers(call) });
  const page = findPage(call);
  const trash = wantedTrash(call) ?? (body['is_archived'] as boolean | undefined);
  if (trash === false) page.trashed = false;
  expectEditable(world, page);
  writeValues(world, page, (body['properties'] ?? {}) as Record<string, Fields>);
  setLooks(page, body);
  if (trash === true) page.trashed = true;
  if (typeof body['is_locked'] === 'boolean') page.locked = body['is_locked'];
  if (body['erase_content'] === true) for (const child of childrenOf(world, page.id, 'block')) child.trashed = true;
  touch(world, page, by);
  return show(call, page);
}

function move(call: Call): Fields {
  const { world, body, by } = call;
  expectBody(call, { parent: choice({ page_id: uuid, data_source_id: uuid }) });
  const page = findPage(call);
  expectEditable(world, page);
  const parent = pageParent(world, body['parent'] as Fields);
  const target = parent.type === 'workspace' ? undefined : world.state.things[parent.id];
  if (target && someAbove(world, target, (thing) => thing === page))
    throw invalid('Cannot move a page into itself or one of its children.');
  if (page.parent.type !== 'workspace') {
    const siblings = world.state.children[page.parent.id] ?? [];
    siblings.splice(siblings.indexOf(page.id), 1);
  }
  const title = page.values['title'];
  leaveRelations(world, page);
  page.parent = parent;
  page.values = title === undefined ? {} : { title };
  place(world, page);
  touch(world, page, by);
  return show(call, page);
}

export const pages: Routes = {
  'POST /v1/pages': create,
  'GET /v1/pages/:page_id': (call) => {
    expectQuery(call, {}, filterProperties);
    return show(call, findPage(call));
  },
  'PATCH /v1/pages/:page_id': update,
  'POST /v1/pages/:page_id/move': move,
};
