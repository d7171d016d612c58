import type { Fields } from './check.ts';
import { renderValues } from './property-values.ts';
import { instant, partialUser } from './render-user.ts';
import type { Block, Comment, Database, DataSource, Page, Parent, Thing } from './state.ts';
import { plainTitle } from './titles.ts';
import { childrenOf, shownBelow, type World } from './world.ts';

/** How a version of the API shows things. */
export type Version = '2025-09-03' | '2026-03-11';

function renderParent({ state }: World, parent: Parent): Fields {
  if (parent.type === 'workspace') return { type: 'workspace', workspace: true };
  const source = parent.type === 'data_source_id' ? state.things[parent.id] : undefined;
  const above = source?.parent.type === 'database_id' ? { database_id: source.parent.id } : {};
  return { type: parent.type, [parent.type]: parent.id, ...above };
}

const renderTrash = (version: Version, { trashed }: Thing): Fields => ({
  in_trash: trashed,
  ...(version === '2025-09-03' ? { archived: trashed } : {}),
});

const renderCommon = (world: World, version: Version, thing: Thing): Fields => ({
  object: thing.kind.replace(' ', '_'),
  id: thing.id,
  parent: renderParent(world, thing.parent),
  created_time: instant(thing.created),
  last_edited_time: instant(thing.edited),
  ...renderTrash(version, thing),
});

export const urlOf = (thing: Page | Database | DataSource): string => {
  const slug = plainTitle(thing)
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/gu, '');
  return `https://www.notion.so/${slug === '' ? '' : `${slug}-`}${thing.id.replaceAll('-', '')}`;
};

const renderUrl = (thing: Page | Database | DataSource): Fields => ({ url: urlOf(thing), public_url: null });

const renderAuthors = (thing: Thing): Fields => ({
  created_by: partialUser(thing.createdBy),
  last_edited_by: partialUser(thing.editedBy),
});

/** `only` names properties, by id or name. */
export const renderPage = (world: World, version: Version, page: Page, only: readonly string[] = []): Fields => ({
  ...renderCommon(world, version, page),
  ...renderAuthors(page),
  is_archived: page.trashed,
  is_locked: page.locked,
  icon: page.icon,
  cover: page.cover,
  properties: renderValues(world, page, only),
  ...renderUrl(page),
});

/** A page below a page is shown as a block too. */
export function renderBlock(world: World, version: Version, thing: Block | Page | Database): Fields {
  const common = {
    ...renderCommon(world, version, thing),
    ...renderAuthors(thing),
    object: 'block',
    has_children: hasChildren(world, thing),
  };
  if (thing.kind === 'block') return { ...common, type: thing.type, [thing.type]: thing.content };
  const type = thing.kind === 'page' ? 'child_page' : 'child_database';
  return { ...common, type, [type]: { title: plainTitle(thing) } };
}

const hasChildren = (world: World, thing: Block | Page | Database): boolean =>
  thing.kind !== 'database' && childrenOf(world, shownBelow(thing), 'block', 'page', 'database').length > 0;

export const renderDatabase = (world: World, version: Version, database: Database): Fields => ({
  ...renderCommon(world, version, database),
  title: database.title,
  description: database.description,
  icon: database.icon,
  cover: database.cover,
  is_inline: database.inline,
  is_locked: database.locked,
  data_sources: childrenOf(world, database.id, 'data source').map((source) => ({
    id: source.id,
    name: plainTitle(source),
  })),
  ...renderUrl(database),
});

export function renderDataSource(world: World, version: Version, source: DataSource): Fields {
  const database = source.parent.type === 'workspace' ? undefined : world.state.things[source.parent.id];
  return {
    ...renderCommon(world, version, source),
    ...renderAuthors(source),
    database_parent: renderParent(world, database?.parent ?? { type: 'workspace' }),
    title: source.title,
    description: source.description,
    icon: source.icon,
    cover: null,
    is_inline: database?.kind === 'database' && database.inline,
    properties: Object.fromEntries(
      source.properties.map(({ id, name, type, description, config }) => [
        name,
        { id, name, description, type, [type]: config },
      ]),
    ),
    ...renderUrl(source),
  };
}

export const renderComment = (comment: Comment): Fields => ({
  object: 'comment',
  id: comment.id,
  parent: { type: comment.parent.type, [comment.parent.type]: comment.parent.id },
  discussion_id: comment.discussion,
  created_time: instant(comment.created),
  last_edited_time: instant(comment.edited),
  created_by: partialUser(comment.createdBy),
  rich_text: comment.text,
  display_name: comment.name,
});
