import type { PhrasingContent, RootContent } from 'mdast';
import type { TaskProperties } from '../../publication/document.ts';
import { mentionOf, type Pages } from './body.ts';
import type { TaskTable } from './properties.ts';

/** What the table has no column for, as a list for the page. */
export function unsaidBy(properties: TaskProperties | null, roles: TaskTable['roles'], pages: Pages): RootContent[] {
  if (!properties) return [];
  const { status, priority, assignee, sprint, start, due, effort, blockedBy } = properties;
  const dated = roles.start ?? roles.due ?? roles.dates;
  const said: readonly (readonly [string, string | number | null, unknown])[] = [
    ['Status', status, roles.status],
    ['Priority', priority, roles.priority],
    ['Assignee', assignee, roles.assignee],
    ['Sprint', sprint, roles.sprint],
    ['Start', start, roles.start ?? (roles.due ? undefined : dated)],
    ['Due', due, roles.due ?? (roles.start ? undefined : dated)],
    ['Effort', effort === null ? null : `${effort} ${effort === 1 ? 'day' : 'days'}`, roles.effort],
  ];
  const lines = said.filter(([, value, property]) => value !== null && property === undefined);
  const before = roles.blockedBy ? [] : blockedBy.flatMap((key) => pages.get(key) ?? []);
  const list: PhrasingContent[][] = lines.map(([name, value]) => [strong(name), plainText(`: ${value ?? ''}`)]);
  if (before.length)
    list.push([
      strong('Depends on'),
      plainText(': '),
      ...before.flatMap((page, i) => [...(i ? [plainText(', ')] : []), mentionOf(page)]),
    ]);
  if (!list.length) return [];
  return [
    {
      type: 'list',
      children: list.map((children) => ({ type: 'listItem', children: [{ type: 'paragraph', children }] })),
    },
  ];
}

const plainText = (value: string): PhrasingContent => ({ type: 'text', value });
const strong = (value: string): PhrasingContent => ({ type: 'strong', children: [plainText(value)] });
