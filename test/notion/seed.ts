import { addBlocks } from './block-tree.ts';
import type { Fields } from './check.ts';
import { blocksOfMarkdown } from './markdown-blocks.ts';
import { addProperty } from './property-configs.ts';
import { findProperty, sourceOf, writeValues } from './property-values.ts';
import { richTextOf } from './rich-text.ts';
import { newOption, statusConfig } from './select-options.ts';
import type { Database, DataSource, Page, Parent } from './state.ts';
import { find, newId, place, stamp, touch, type World } from './world.ts';

/** What a person does in the application, which may do more than the API. Ids everywhere. */
export interface Seed {
  readonly user: (user: { readonly name: string; readonly email: string }) => string;
  /** Below the page `parent`, or in the data source `parent`, or at the top. Markdown as `src/markdown` reads it; properties as the API takes them. */
  readonly page: (page: {
    readonly title: string;
    readonly parent?: string;
    readonly markdown?: string;
    readonly properties?: Readonly<Record<string, Fields>>;
  }) => string;
  /** Properties as the API takes them. A status may also have its options by group: `{ status: { groups: { 'To-do': ['Backlog'], … } } }`. */
  readonly database: (database: {
    readonly title: string;
    readonly parent?: string;
    readonly properties?: Readonly<Record<string, Fields>>;
  }) => { readonly database: string; readonly dataSource: string };
  /** Another data source in the same database. */
  readonly dataSource: (database: string, title: string, properties?: Readonly<Record<string, Fields>>) => string;
  /** Writes below a page or a block, at the end. */
  readonly write: (parent: string, markdown: string) => void;
  readonly unshare: (id: string) => void;
  readonly share: (id: string) => void;
  readonly trash: (id: string) => void;
}

export function seedOf(world: World): Seed {
  let person: string | undefined;
  const someone = (): string => (person ??= addUser(world, { name: 'Ada', email: 'ada@example.com' }));

  return {
    user: (user) => addUser(world, user),
    page: ({ title, parent, markdown = '', properties = {} }) => {
      const page = addPage(world, parentOf(world, parent), someone());
      const name = sourceOf(world, page)?.properties.find(({ type }) => type === 'title')?.name ?? 'title';
      writeValues(world, page, { ...properties, [name]: { title: [{ text: { content: title } }] } });
      addBlocks(world, page, blocksOfMarkdown(markdown), someone());
      return page.id;
    },
    database: ({ title, parent, properties = { Name: { title: {} } } }) => {
      const database: Database = {
        kind: 'database',
        ...stamp(world, parentOf(world, parent), someone()),
        ...{ title: richTextOf(title), description: [], icon: null, cover: null, inline: false, locked: false },
      };
      place(world, database);
      return { database: database.id, dataSource: addSource(world, database.id, title, properties, someone()) };
    },
    dataSource: (database, title, properties = { Name: { title: {} } }) =>
      addSource(world, database, title, properties, someone()),
    write: (parent, markdown) => {
      const thing = find(world, ['page', 'block'], parent);
      addBlocks(world, thing, blocksOfMarkdown(markdown), someone());
      touch(world, thing, someone());
    },
    unshare: (id) => void world.state.unshared.push(id),
    share: (id) => void (world.state.unshared = world.state.unshared.filter((one) => one !== id)),
    trash: (id) => void (find(world, ['page', 'block', 'database', 'data source'], id).trashed = true),
  };
}

function addUser(world: World, user: { readonly name: string; readonly email: string }): string {
  const id = newId(world);
  world.state.users[id] = { id, ...user };
  return id;
}

function parentOf(world: World, id: string | undefined): Parent {
  if (id === undefined) return { type: 'workspace' };
  const { kind } = find(world, ['page', 'data source'], id);
  return { type: kind === 'page' ? 'page_id' : 'data_source_id', id };
}

function addPage(world: World, parent: Parent, by: string): Page {
  const source = parent.type === 'data_source_id' ? find(world, ['data source'], parent.id) : null;
  const page: Page = {
    kind: 'page',
    ...stamp(world, parent, by),
    ...{ icon: null, cover: null, locked: false, values: {}, number: source ? (source.rows += 1) : 0, indexed: 0 },
  };
  place(world, page);
  return page;
}

function addSource(
  world: World,
  database: string,
  title: string,
  properties: Readonly<Record<string, Fields>>,
  by: string,
): string {
  const source: DataSource = {
    kind: 'data source',
    ...stamp(world, { type: 'database_id', id: database }, by),
    ...{ title: richTextOf(title), description: [], icon: null, properties: [], rows: 0 },
  };
  place(world, source);
  for (const [name, request] of Object.entries(properties)) {
    const groups = (request['status'] as Fields | undefined)?.['groups'] as
      Readonly<Record<string, string[]>> | undefined;
    addProperty(world, source, name, groups ? { status: {} } : pointedAt(request, source.id));
    const property = findProperty(source.properties, name);
    if (!groups || !property) continue;
    const options = Object.entries(groups).map(([group, names]) => [
      group,
      names.map((one) => newOption(world, { name: one })),
    ]);
    property.config = statusConfig(world, Object.fromEntries(options) as Parameters<typeof statusConfig>[1]);
  }
  return source.id;
}

/** A relation without a data source leads to its own. */
function pointedAt(request: Fields, id: string): Fields {
  const { relation } = request;
  return relation === undefined ? request : { relation: { data_source_id: id, ...(relation as Fields) } };
}
