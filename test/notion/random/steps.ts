import fc from 'fast-check';
import { appendsOf } from '../../../src/markdown/appends.ts';
import type { BlockRequest } from '../../../src/markdown/block-request.ts';
import { arbitraryBlocks } from '../../support/arbitrary-blocks.ts';
import type { Contract } from '../contract/types.ts';
import { filter, richText, some, sorts, values } from './values.ts';

/** A call of the API with all its arguments, with `<page 3>` where an id has to stand. */
export interface Step {
  readonly route: keyof Contract;
  readonly args: Readonly<Record<string, unknown>>;
  readonly version: '2025-09-03' | '2026-03-11';
}

const version = fc.constantFrom('2025-09-03', '2026-03-11');

/** `ids` are what stands in the path. */
const step = (
  route: Step['route'],
  ids: Readonly<Record<string, fc.Arbitrary<string>>>,
  others: fc.Arbitrary<object> = fc.constant({}),
): fc.Arbitrary<Step> =>
  fc
    .tuple(fc.record(ids, { noNullPrototype: true }), others, version)
    .map(([path, other, chosen]) => ({ route, args: { ...path, ...other }, version: chosen }));

const body = (
  members: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  requiredKeys: readonly string[] = Object.keys(members),
) => fc.record(members, { requiredKeys: [...requiredKeys], noNullPrototype: true });

/** Requests of at most a hundred blocks, as they are sent, seldom with too many levels. */
const blocks: fc.Arbitrary<readonly BlockRequest[]> = arbitraryBlocks.map((list) => appendsOf(list)[0]?.children ?? []);
const unfit = fc.constantFrom<object>(
  { paragraph: {} },
  { table_row: { cells: [[]] } },
  { heading_1: { rich_text: [], children: [{ divider: {} }] } },
  { code: { rich_text: [], language: 'prisma' } },
  { table: { table_width: 2, children: [{ table_row: { cells: [[]] } }] } },
  { to_do: { rich_text: [], done: true } },
);
const children = fc.oneof({ weight: 9, arbitrary: blocks }, { weight: 1, arbitrary: unfit.map((block) => [block]) });

const page = some('page');
const block = some('block');
const position = fc.oneof(
  fc.constantFrom({ type: 'start' }, { type: 'end' }),
  block.map((id) => ({ type: 'after_block', after_block: { id } })),
);
const paging = body({ page_size: fc.constantFrom(1, 2, 100, 101) }, []);
const markdown = fc.constantFrom('# New\n\ntext **bold**', '- [ ] a\n- [x] b\n\n> quote', '| a |\n| - |\n| 1 |', '');
const title = richText.map((text) => ({ title: { title: text } }));
const row = fc.constant({ data_source_id: '<tasks>' });
const pageParent = page.map((id) => ({ page_id: id }));
const typedParent = page.map((id) => ({ type: 'page_id', page_id: id }));
const query = body({ filter, sorts, page_size: fc.constantFrom(1, 3, 100) }, []);
const trash = fc.constantFrom({ in_trash: true }, { in_trash: false }, { archived: true });
const blockChange = fc.oneof(
  ...['paragraph', 'bulleted_list_item', 'quote', 'heading_1', 'toggle'].map((type) =>
    richText.map((rich_text) => ({ [type]: { rich_text } })),
  ),
  fc.boolean().map((checked) => ({ to_do: { checked } })),
  trash,
);
const property = fc.constantFrom(
  'Name',
  'title',
  'Notes',
  'Owner',
  'Blocked by',
  'Status',
  'Due',
  'Number',
  'Rolled',
  'Computed',
  'Nothing',
);
const schemaChange = fc.constantFrom<object>(
  { Extra: { rich_text: {} } },
  { Extra: null },
  { Extra: { name: 'More' } },
  { Priority: { select: { options: [{ name: 'High' }, { name: 'Middle' }] } } },
  { Status: { status: { options: [{ name: 'Backlog' }, { name: 'Doing' }, { name: 'Done' }, { name: 'Waiting' }] } } },
  { Name: null },
);
const comment = fc.oneof(body({ parent: pageParent, rich_text: richText }), body({ parent: pageParent, markdown }));
const markdownChange = fc.oneof(
  markdown.map((new_str) => ({ type: 'replace_content', replace_content: { new_str } })),
  markdown.map((content) => ({ type: 'insert_content', insert_content: { content } })),
  fc.constantFrom('text', 'a', 'Goals').map((old_str) => ({
    type: 'update_content',
    update_content: { content_updates: [{ old_str, new_str: 'changed' }] },
  })),
);

const onPage = { page_id: page };
const onRow = { page_id: some('row') };
const onBlock = { block_id: block };
const tasks = { data_source_id: fc.constant('<tasks>') };

const often = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });

export const steps = fc.array(
  fc.oneof(
    often(4, step('POST /v1/pages', {}, body({ parent: row, properties: values, children }))),
    step('POST /v1/pages', {}, body({ parent: pageParent, properties: title, children }, ['parent'])),
    step('POST /v1/pages', {}, body({ parent: pageParent, properties: title, markdown })),
    often(3, step('PATCH /v1/pages/:page_id', onRow, body({ properties: values }))),
    step('PATCH /v1/pages/:page_id', onPage, trash),
    step('GET /v1/pages/:page_id', onPage),
    often(2, step('GET /v1/pages/:page_id/properties/:property_id', { ...onRow, property_id: property }, paging)),
    step('GET /v1/pages/:page_id/markdown', onPage),
    step('PATCH /v1/pages/:page_id/markdown', onPage, markdownChange),
    step('POST /v1/pages/:page_id/move', onPage, body({ parent: pageParent })),
    often(
      4,
      step('PATCH /v1/blocks/:block_id/children', { block_id: page }, body({ children, position }, ['children'])),
    ),
    often(2, step('PATCH /v1/blocks/:block_id/children', onBlock, body({ children, after: block }, ['children']))),
    often(2, step('GET /v1/blocks/:block_id/children', { block_id: page }, paging)),
    step('GET /v1/blocks/:block_id', onBlock),
    often(3, step('PATCH /v1/blocks/:block_id', onBlock, blockChange)),
    step('DELETE /v1/blocks/:block_id', onBlock),
    often(4, step('POST /v1/data_sources/:data_source_id/query', tasks, query)),
    step('GET /v1/data_sources/:data_source_id', tasks),
    step('PATCH /v1/data_sources/:data_source_id', tasks, body({ properties: schemaChange })),
    step('GET /v1/databases/:database_id', { database_id: fc.constant('<database>') }),
    step('POST /v1/databases', {}, body({ parent: typedParent, title: richText })),
    step(
      'POST /v1/search',
      {},
      body({ query: fc.constantFrom('', 'task', 'e'), page_size: fc.constantFrom(2, 100) }, []),
    ),
    step('POST /v1/comments', {}, comment),
    step('GET /v1/comments', { block_id: page }),
    step('GET /v1/users', {}, paging),
    step('GET /v1/users/:user_id', { user_id: some('user') }),
    step('GET /v1/users/me', {}),
  ),
  { minLength: 1, maxLength: 25 },
);
