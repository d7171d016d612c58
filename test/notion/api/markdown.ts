import { addBlocks } from '../block-tree.ts';
import { boolean, choice, expectValid, fields, type Fields, isFields, list, oneOf, text } from '../check.ts';
import { invalid } from '../errors.ts';
import { blocksOfMarkdown, markdownOf } from '../markdown-blocks.ts';
import { urlOf } from '../render.ts';
import type { Block, Database, Page } from '../state.ts';
import { plainTitle } from '../titles.ts';
import { childrenOf, expectEditable, touch, type World } from '../world.ts';
import { type Call, expectQuery, type Routes } from './call.ts';
import { findPage } from './pages.ts';

type Child = Block | Page | Database;
type Part = { readonly child: Page | Database } | { readonly blocks: readonly Block[] };

/** Pages and databases between the blocks stand on lines of their own. */
const line = (child: Page | Database): string =>
  `<${child.kind} url="${urlOf(child)}">${plainTitle(child)}</${child.kind}>`;

function partsOf(children: readonly Child[]): Part[] {
  const parts: Part[] = [];
  for (const child of children) {
    const last = parts.at(-1);
    if (child.kind !== 'block') parts.push({ child });
    else if (last && 'blocks' in last) parts[parts.length - 1] = { blocks: [...last.blocks, child] };
    else parts.push({ blocks: [child] });
  }
  return parts;
}

const childrenOfPage = (world: World, { id }: Page): Child[] => childrenOf(world, id, 'block', 'page', 'database');

const wholeText = (world: World, page: Page): string =>
  partsOf(childrenOfPage(world, page))
    .map((part) => ('child' in part ? line(part.child) : markdownOf(world, part.blocks)))
    .join('\n\n');

const shown = ({ world }: Call, page: Page): Fields => ({
  object: 'page_markdown',
  id: page.id,
  markdown: wholeText(world, page),
  truncated: false,
  unknown_block_ids: [],
});

const allowed = { allow_deleting_content: boolean };
const update = fields({ old_str: text(), new_str: text() }, { replace_all_matches: boolean });
const change = choice(
  {
    replace_content: fields({ new_str: text() }, allowed),
    update_content: fields({ content_updates: list(update) }, allowed),
    insert_content: fields({ content: text() }, { after: text(), position: fields({ type: oneOf('start', 'end') }) }),
    replace_content_range: fields({ content: text(), content_range: text() }, allowed),
  },
  { allow_async: boolean },
);

function patch(call: Call): Fields {
  const { world, body, by } = call;
  expectValid(change, body, 'body');
  const page = findPage(call);
  expectEditable(world, page);
  const command = Object.keys(body).find((key) => isFields(body[key])) ?? '';
  const wanted = body[command] as Fields;
  replaceAll(
    call,
    page,
    changes[command]?.(wholeText(world, page), wanted) ?? '',
    wanted['allow_deleting_content'] === true,
  );
  touch(world, page, by);
  return shown(call, page);
}

const changes: Readonly<Record<string, (old: string, wanted: Fields) => string>> = {
  replace_content: (_, { new_str }) => String(new_str),
  update_content: (old, { content_updates }) => (content_updates as readonly Fields[]).reduce(replaced, old),
  insert_content: (old, { content, after, position }) => {
    if (isFields(position) && position['type'] === 'start') return `${String(content)}\n\n${old}`;
    const { end } = typeof after === 'string' ? selected(old, after) : { end: old.length };
    return `${old.slice(0, end)}\n\n${String(content)}\n\n${old.slice(end)}`;
  },
  replace_content_range: (old, { content, content_range }) => {
    const { start, end } = selected(old, String(content_range));
    return old.slice(0, start) + String(content) + old.slice(end);
  },
};

function replaced(old: string, { old_str, new_str, replace_all_matches }: Fields): string {
  const parts = old.split(String(old_str));
  const matches = parts.length - 1;
  if (!matches) throw invalid(`Could not find old_str in the page content: ${JSON.stringify(old_str)}`);
  if (matches > 1 && replace_all_matches !== true)
    throw invalid(
      `old_str matches ${matches} locations in the page content; set replace_all_matches to replace all of them.`,
    );
  return parts.join(String(new_str));
}

/** `start...end`: from the first to the next. */
function selected(old: string, selection: string): { readonly start: number; readonly end: number } {
  const [from = '', to = from] = selection.split('...');
  const start = old.indexOf(from);
  const last = start < 0 ? -1 : old.indexOf(to, to === from ? start : start + from.length);
  if (last < 0) throw invalid(`The selection does not match any content in the page: ${selection}`);
  return { start, end: last + to.length };
}

/** Blocks that say what they said stay the blocks they are. */
function replaceAll({ world, by }: Call, page: Page, markdown: string, mayDelete: boolean): void {
  const old = childrenOfPage(world, page);
  const wanted = markdown.split(/^(<(?:page|database) url="[^"\n]*">.*<\/(?:page|database)>)$/mu);
  const isKept = (child: Page | Database): boolean =>
    wanted.some((part, i) => i % 2 === 1 && part.includes(compact(child)));
  const lost = old.flatMap((child) => (child.kind === 'block' || isKept(child) ? [] : [child]));
  if (lost.length && !mayDelete)
    throw invalid(`This would delete ${lost.map(plainTitle).join(', ')}; set allow_deleting_content to allow it.`);
  for (const child of lost) child.trashed = true;
  const free = new Map(
    old.filter((child) => child.kind === 'block').map((block) => [block.id, markdownOf(world, [block])]),
  );
  const order: string[] = [];
  wanted.forEach((part, i) => {
    const child = i % 2 === 1 ? old.find((one) => one.kind !== 'block' && part.includes(compact(one))) : undefined;
    if (child) order.push(child.id);
    if (i % 2 === 1) return;
    for (const block of addBlocks(world, page, blocksOfMarkdown(part), by)) order.push(reused(world, block, free));
  });
  for (const id of free.keys()) (world.state.things[id] as Block).trashed = true;
  const gone = (world.state.children[page.id] ?? []).filter((id) => !order.includes(id));
  world.state.children[page.id] = [...order, ...gone];
}

const compact = ({ id }: Child): string => id.replaceAll('-', '');

/** The old block in place of a new one that says the same. */
function reused(world: World, block: Block, free: Map<string, string>): string {
  const says = markdownOf(world, [block]);
  const [same] = [...free].find(([, other]) => other === says) ?? [];
  if (same === undefined) return block.id;
  free.delete(same);
  Reflect.deleteProperty(world.state.things, block.id);
  const siblings = block.parent.type === 'workspace' ? [] : (world.state.children[block.parent.id] ?? []);
  siblings.splice(siblings.indexOf(block.id), 1);
  return same;
}

export const markdown: Routes = {
  'GET /v1/pages/:page_id/markdown': (call) => {
    expectQuery(call, {}, { include_transcript: boolean });
    return shown(call, findPage(call));
  },
  'PATCH /v1/pages/:page_id/markdown': patch,
};
