import { boolean, fields, type Fields, isFields, list, oneOf, text } from '../check.ts';
import { filterOf } from '../filters.ts';
import { paged } from '../paging.ts';
import { renderDataSource, renderPage } from '../render.ts';
import { paging } from '../request-shapes.ts';
import type { DataSource, Page } from '../state.ts';
import { sorted } from '../sorts.ts';
import { plainTitle } from '../titles.ts';
import { isShared, isTrashed } from '../world.ts';
import { trashMembers, wantedTrash } from './blocks.ts';
import { type Call, expectBody, expectQuery, type Routes } from './call.ts';
import { findSource } from './databases.ts';

const direction = oneOf('ascending', 'descending');
const timestamp = oneOf('created_time', 'last_edited_time');
const sort = (value: unknown, at: string): readonly string[] =>
  isFields(value) && 'timestamp' in value
    ? fields({ timestamp, direction })(value, at)
    : fields({ property: text(), direction })(value, at);
const filter = (value: unknown, at: string): readonly string[] =>
  isFields(value) ? [] : [`${at} should be an object or \`undefined\`, instead was \`${JSON.stringify(value)}\`.`];

function query(call: Call): Fields {
  const { world, version, body } = call;
  expectQuery(call, {}, { filter_properties: list(text()) });
  const resultType = oneOf('page', 'data_source');
  expectBody(call, {}, { filter, sorts: list(sort), ...paging, ...trashMembers(call), result_type: resultType });
  const source = findSource(call);
  const test = isFields(body['filter']) ? filterOf(world, source, body['filter']) : () => true;
  const trashed = wantedTrash(call) ?? false;
  const rows = (world.state.children[source.id] ?? []).flatMap((id) => {
    const page = world.state.things[id];
    return page?.kind === 'page' && isTrashed(world, page) === trashed && isShared(world, page) ? page : [];
  });
  const sorts = (body['sorts'] ?? []) as readonly Fields[];
  // without an order the newest come first
  const order = sorts.length ? sorts : [{ timestamp: 'created_time', direction: 'descending' }];
  const found = sorted(world, source, rows.filter(test), order);
  const only = (call.query['filter_properties'] ?? []) as readonly string[];
  const shown = found.map((page) => ({ id: page.id, shown: () => renderPage(world, version, page, only) }));
  const { start_cursor, page_size } = body;
  const listed = `query ${source.id} ${JSON.stringify([body['filter'], order])}`;
  return paged('page_or_data_source', shown, { list: listed, start_cursor, page_size });
}

const searchFilter = fields({}, { property: oneOf('object'), value: oneOf('page', 'data_source'), in_trash: boolean });

function search(call: Call): Fields {
  const { world, version, body } = call;
  const searchSort = fields({}, { timestamp: oneOf('last_edited_time'), direction, property: oneOf('relevance') });
  expectBody(call, {}, { query: text(), sort: searchSort, filter: searchFilter, ...paging });
  const wanted = (typeof body['query'] === 'string' ? body['query'] : '').toLowerCase();
  const { value, in_trash = false } = (body['filter'] ?? {}) as Fields;
  const found = Object.values(world.state.things)
    .filter((thing): thing is Page | DataSource => thing.kind === 'page' || thing.kind === 'data source')
    .filter((thing) => value === undefined || thing.kind.replace(' ', '_') === value)
    .filter((thing) => isTrashed(world, thing) === in_trash && isShared(world, thing))
    .filter((thing) => thing.kind !== 'page' || thing.indexed <= world.state.requests)
    .filter((thing) => plainTitle(thing).toLowerCase().includes(wanted));
  const up = (body['sort'] as Fields | undefined)?.['direction'] === 'ascending';
  const ordered = found.sort((a, b) => (up ? a.edited - b.edited : b.edited - a.edited));
  const items = ordered.map((thing) => ({
    id: thing.id,
    shown: () => (thing.kind === 'page' ? renderPage(world, version, thing) : renderDataSource(world, version, thing)),
  }));
  const { start_cursor, page_size } = body;
  const listed = `search ${JSON.stringify([wanted, value, in_trash, up])}`;
  return paged('page_or_data_source', items, { list: listed, start_cursor, page_size });
}

export const queries: Routes = {
  'POST /v1/data_sources/:data_source_id/query': query,
  'POST /v1/search': search,
};
