import { type Fields, isFields } from './check.ts';
import { propertiesOf, valueOf } from './property-values.ts';
import { plainTextOf } from './rich-text.ts';
import type { Block, Page, Property, RichText, Thing } from './state.ts';
import { plainTitle } from './titles.ts';
import { childrenOf, type World } from './world.ts';

/** All that a person sees in the workspace, line by line, without ids, times and the trash: equal for workspaces that say the same. */
export function outlineOf(world: World): string {
  const top = Object.values(world.state.things).filter((thing) => thing.parent.type === 'workspace' && !thing.trashed);
  const lines = top.flatMap((thing) => linesOf(world, thing));
  const names = Object.values(world.state.things).map((thing) => [thing.id, nameOf(thing)] as const);
  const users = Object.values(world.state.users).map(({ id, name }) => [id, name] as const);
  return [...names, ...users].reduce(
    (text, [id, name]) => text.replaceAll(id, `<${name}>`).replaceAll(id.replaceAll('-', ''), `<${name}>`),
    lines.join('\n'),
  );
}

const nameOf = (thing: Thing): string => (thing.kind === 'block' ? 'block' : plainTitle(thing));

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

function linesOf(world: World, thing: Thing): string[] {
  const below = childrenOf(world, thing.id, 'page', 'block', 'database', 'data source').map((child) =>
    linesOf(world, child),
  );
  if (thing.kind === 'block') return [blockLine(thing), ...indented(below.flat())];
  if (thing.kind === 'page')
    return [
      `page ${plainTitle(thing)}`,
      ...indented([...valueLines(world, thing), ...commentLines(world, thing), ...below.flat()]),
    ];
  const properties = thing.kind === 'data source' ? thing.properties.map(propertyLine) : [];
  const rows = thing.kind === 'data source' ? below.sort((a, b) => (a[0] ?? '').localeCompare(b[0] ?? '')) : below;
  return [`${thing.kind} ${plainTitle(thing)}`, ...indented([...properties, ...rows.flat()])];
}

const propertyLine = ({ name, type, config }: Property): string => {
  const options = ((config['options'] ?? []) as readonly Fields[]).map((option) => String(option['name']));
  return `property ${name}: ${type}${options.length ? ` (${options.join(', ')})` : ''}`;
};

const computed = /^(?:created_|last_edited_|unique_id|formula|rollup|title)/u;

const valueLines = (world: World, page: Page): string[] =>
  propertiesOf(world, page)
    .filter(({ type }) => !computed.test(type))
    .map((property) => ({ name: property.name, text: valueText(valueOf(world, page, property)) }))
    .filter(({ text }) => text !== '')
    .map(({ name, text }) => `${name}: ${text}`);

export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value))
    return isRichText(value) ? plainTextOf(value as RichText) : value.map(valueText).sort().join(', ');
  if (!isFields(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  if (typeof value['start'] === 'string') return [value['start'], value['end']].filter(isText).join(' to ');
  return valueText(value['name'] ?? value['id']);
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isRichText = (value: readonly unknown[]): boolean => value.some((item) => isFields(item) && 'plain_text' in item);

const commentLines = ({ state }: World, { id }: Page): string[] =>
  Object.values(state.comments)
    .filter(({ parent }) => parent.id === id)
    .map(({ text }) => `comment ${plainTextOf(text)}`);

const blockLine = ({ type, content }: Block): string => `${type} ${JSON.stringify(content, short)}`;

/** Rich text as far as it differs from plain text. */
function short(key: string, value: unknown): unknown {
  if (key === 'annotations') {
    const set = Object.entries(value as Fields).filter(([, one]) => one !== false && one !== 'default');
    return set.length ? set.map(([name, one]) => (one === true ? name : one)) : undefined;
  }
  if (key === 'plain_text' || value === null || value === 'default') return undefined;
  return value;
}
