import { withType } from '../block-content.ts';
import { boolean, choice, entries, type Fields, fields, isFields, oneOf, text, uuid } from '../check.ts';
import { archivedAncestor } from '../errors.ts';
import { addProperty, changeProperty } from '../property-configs.ts';
import { renderDatabase, renderDataSource } from '../render.ts';
import { cover, icon, paging, propertyChange, propertyConfig, richText } from '../request-shapes.ts';
import { toRichText } from '../rich-text.ts';
import type { Database, DataSource, Parent } from '../state.ts';
import { dashed, expectEditable, find, isTrashed, place, stamp, touch, type World } from '../world.ts';
import { trashMembers, wantedTrash } from './blocks.ts';
import { type Call, expectBody, expectQuery, type Routes } from './call.ts';

const parentShape = choice({ page_id: uuid, workspace: oneOf(true) });
const looks = { title: richText, description: richText, icon, cover, is_inline: boolean };

const findDatabase = ({ world, path }: Call): Database => find(world, ['database'], path['database_id'] ?? '');
export const findSource = ({ world, path }: Call): DataSource =>
  find(world, ['data source'], path['data_source_id'] ?? '');

function parentOf(world: World, request: Fields): Parent {
  if (typeof request['page_id'] !== 'string') return { type: 'workspace' };
  const page = find(world, ['page'], request['page_id']);
  if (isTrashed(world, page)) throw archivedAncestor();
  return { type: 'page_id', id: page.id };
}

function setLooks(world: World, thing: Database | DataSource, body: Fields): void {
  if (body['title'] !== undefined) thing.title = toRichText(world, body['title']);
  if (body['description'] !== undefined) thing.description = toRichText(world, body['description']);
  if (body['icon'] !== undefined) thing.icon = isFields(body['icon']) ? withType(body['icon']) : null;
  if (thing.kind !== 'database') return;
  if (body['cover'] !== undefined) thing.cover = isFields(body['cover']) ? withType(body['cover']) : null;
  if (typeof body['is_inline'] === 'boolean') thing.inline = body['is_inline'];
  if (typeof body['is_locked'] === 'boolean') thing.locked = body['is_locked'];
}

function create(call: Call): Fields {
  const { world, version, body, by } = call;
  const source = fields({}, { properties: entries(propertyConfig) });
  expectBody(call, { parent: parentShape }, { ...looks, initial_data_source: source });
  const database: Database = {
    kind: 'database',
    ...stamp(world, parentOf(world, body['parent'] as Fields), by),
    ...{ title: [], description: [], icon: null, cover: null, inline: false, locked: false },
  };
  setLooks(world, database, body);
  place(world, database);
  const initial = (body['initial_data_source'] ?? {}) as Fields;
  addSource(call, database, (initial['properties'] ?? {}) as Record<string, Fields>, database.title);
  return renderDatabase(world, version, database);
}

function addSource(
  { world, by }: Call,
  database: Database,
  wanted: Readonly<Record<string, Fields>>,
  title: DataSource['title'],
): DataSource {
  const source: DataSource = {
    kind: 'data source',
    ...stamp(world, { type: 'database_id', id: database.id }, by),
    ...{ title, description: [], icon: null, properties: [], rows: 0 },
  };
  place(world, source);
  const requests = Object.entries(wanted);
  if (!requests.some(([, request]) => 'title' in request)) addProperty(world, source, 'Name', { title: {} });
  const [rollups, others] = [true, false].map((late) => requests.filter(([, request]) => 'rollup' in request === late));
  for (const [name, request] of [...(others ?? []), ...(rollups ?? [])]) addProperty(world, source, name, request);
  return source;
}

function update(call: Call): Fields {
  const { world, version, body, by } = call;
  expectBody(call, {}, { parent: parentShape, ...looks, is_locked: boolean, ...trashMembers(call) });
  const database = findDatabase(call);
  const trash = wantedTrash(call);
  if (trash !== false) expectEditable(world, database);
  setLooks(world, database, body);
  if (trash !== undefined) database.trashed = trash;
  touch(world, database, by);
  return renderDatabase(world, version, database);
}

const sourceParent = choice({ database_id: uuid });

function createSource(call: Call): Fields {
  const { world, version, body } = call;
  expectBody(call, { parent: sourceParent, properties: entries(propertyConfig) }, { title: richText, icon });
  const database = find(world, ['database'], dashed(String((body['parent'] as Fields)['database_id'])));
  expectEditable(world, database);
  const title = toRichText(world, body['title'] ?? []);
  const source = addSource(call, database, body['properties'] as Record<string, Fields>, title);
  setLooks(world, source, body);
  return renderDataSource(world, version, source);
}

function updateSource(call: Call): Fields {
  const { world, version, body, by } = call;
  const others = { title: richText, description: richText, icon, properties: entries(propertyChange) };
  expectBody(call, {}, { ...others, ...trashMembers(call) });
  const source = findSource(call);
  const trash = wantedTrash(call);
  if (trash !== false) expectEditable(world, source);
  for (const [key, request] of Object.entries((body['properties'] ?? {}) as Record<string, Fields | null>))
    changeProperty(world, source, key, request);
  setLooks(world, source, body);
  if (trash !== undefined) source.trashed = trash;
  touch(world, source, by);
  return renderDataSource(world, version, source);
}

export const databases: Routes = {
  'POST /v1/databases': create,
  'GET /v1/databases/:database_id': (call) => renderDatabase(call.world, call.version, findDatabase(call)),
  'PATCH /v1/databases/:database_id': update,
  'POST /v1/data_sources': createSource,
  'GET /v1/data_sources/:data_source_id': (call) => renderDataSource(call.world, call.version, findSource(call)),
  'PATCH /v1/data_sources/:data_source_id': updateSource,
  'GET /v1/data_sources/:data_source_id/templates': (call) => {
    expectQuery(call, {}, { ...paging, name: text() });
    findSource(call);
    return { templates: [], has_more: false, next_cursor: null };
  },
};
