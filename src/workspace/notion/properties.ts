import { textOf } from '../../markdown/runs.ts';
import type { Document, TaskProperties } from '../../publication/document.ts';
import { groupOf, named, type Option, optionsOf, priorityOption, statusOption } from './options.ts';
import { runsOf } from './read-block.ts';
import { type Role, rolesIn } from './roles.ts';
import type { DataSource, PropertySchema, PropertyValue } from './shapes.ts';

/** What a property is to be. */
export interface Value {
  readonly role: Role;
  readonly property: PropertySchema;
  /** As the API takes it. */
  readonly value: unknown;
  /** As people read it. */
  readonly shown: string;
}

export interface TaskTable {
  readonly source: DataSource;
  readonly roles: Readonly<Partial<Record<Role, PropertySchema>>>;
  /** Ids of users, by the names that tasks have. */
  readonly people: Readonly<Record<string, string>>;
  /** Of tasks that have none of their own. */
  readonly sprint: string | null;
  /** Of the pages of a related sprint table with this title: null for none or several. */
  readonly sprintPage: (property: PropertySchema, title: string) => Promise<string | null>;
}

export const taskTable = (
  source: DataSource,
  { people, sprint }: Pick<TaskTable, 'people' | 'sprint'>,
  sprintPage: TaskTable['sprintPage'],
): TaskTable => ({ source, roles: rolesIn(source), people, sprint, sprintPage });

export interface TaskValues {
  readonly values: readonly Value[];
  readonly problems: readonly string[];
}

interface Made {
  readonly value: unknown;
  readonly shown: string;
}

/** What the columns of the table are to say of a task, relations to other tasks aside. Options are never created. */
export async function valuesOf({ key, title, properties }: Document, table: TaskTable): Promise<TaskValues> {
  const values: Value[] = [];
  const problems: string[] = [];
  for (const [role, wanted, make] of properties ? wishes(key, properties, table) : []) {
    const property = table.roles[role];
    if (!property || wanted === null) continue;
    const made = await make(property, wanted);
    if (made) values.push({ role, property, ...made });
    else
      problems.push(
        `${title}: ${property.name} has nothing for “${wanted}”. ${remedies[role] ?? 'Add it in Notion, or set the property by hand.'}`,
      );
  }
  return { values, problems };
}

const remedies: Readonly<Partial<Record<Role, string>>> = { assignee: 'Add the id of the user to spec.notion.people.' };

/** What is wanted, in words, and how a property says it; null where it cannot. */
type Wish = readonly [
  role: Role,
  wanted: string | null,
  make: (property: PropertySchema, wanted: string) => Made | null | Promise<Made | null>,
];

function wishes(key: string, properties: TaskProperties, table: TaskTable): Wish[] {
  const { status, priority, assignee, sprint, start, due, effort } = properties;
  const { roles } = table;
  return [
    ['status', status, (property) => chosen(property, statusOption(property, status))],
    [
      'priority',
      priority,
      (property) =>
        property.type === 'rich_text'
          ? text(priority ?? '')
          : chosen(property, priority && priorityOption(property, priority)),
    ],
    ['assignee', assignee, (_, name) => person(table, name)],
    ['sprint', sprint ?? table.sprint, (property, name) => sprintValue(property, name, table)],
    ['start', start, () => days(start, null)],
    ['due', due, () => days(due, null)],
    ['dates', (roles.start ?? roles.due) ? null : (start ?? due), () => days(start, due)],
    ['effort', effort === null ? null : String(effort), (_, shown) => ({ value: { number: effort }, shown })],
    ['key', key, (_, shown) => text(shown)],
  ];
}

const text = (content: string): Made => ({
  value: { rich_text: [{ type: 'text', text: { content } }] },
  shown: content,
});

const chosen = ({ type }: PropertySchema, option: Option | null): Made | null =>
  option && {
    value: { [type]: type === 'multi_select' ? [{ id: option.id }] : { id: option.id } },
    shown: option.name,
  };

function person({ people }: TaskTable, name: string): Made | null {
  const [, id] = Object.entries(people).find(([known]) => known.toLowerCase() === name.toLowerCase()) ?? [];
  return id === undefined ? null : { value: { people: [{ id }] }, shown: name };
}

/** One day, or from one to another. */
function days(start: string | null, due: string | null): Made {
  const [from, to] = [start ?? due, start === null || start === due ? null : due];
  return {
    value: { date: { start: from, ...(to === null ? {} : { end: to }) } },
    shown: [from, to].filter((day) => day !== null).join(' to '),
  };
}

async function sprintValue(property: PropertySchema, sprint: string, { sprintPage }: TaskTable): Promise<Made | null> {
  if (property.type === 'rich_text') return text(sprint);
  if (property.type === 'relation') {
    const id = await sprintPage(property, sprint);
    return id === null ? null : { value: { relation: [{ id }] }, shown: sprint };
  }
  if (property.type !== 'number') return chosen(property, named(optionsOf(property), [sprint]));
  const [number] = /\d+/u.exec(sprint) ?? [];
  return number === undefined ? null : { value: { number: Number(number) }, shown: number };
}

/** As people read it; empty for nothing. */
export function shownOf({ type, ...value }: PropertyValue): string {
  const content = value[type];
  if (content === null || content === undefined) return '';
  if (typeof content !== 'object') return JSON.stringify(content);
  if (type === 'rich_text' || type === 'title') return textOf(runsOf(content));
  const items = Array.isArray(content) ? (content as readonly object[]) : [content];
  return items
    .map((item) => {
      const { name, start, end, id } = item as Readonly<Record<string, unknown>>;
      return String(
        name ?? (start === undefined ? id : [start, end].filter((day) => typeof day === 'string').join(' to ')),
      );
    })
    .join(', ');
}

/** Those that differ from what the page has. Status and key are always ours; the rest is only filled in, because people plan with it. */
export function changed(values: readonly Value[], has: Readonly<Record<string, PropertyValue>> | null): Value[] {
  if (has === null) return [...values];
  const present = new Map(Object.values(has).map((value) => [value.id, value]));
  return values.filter(({ role, property, value, shown }) => {
    const now = present.get(property.id);
    if (!now || shownOf(now) === '') return true;
    if (role === 'key') return shownOf(now) !== shown;
    return role === 'status' && !meansAlready(property, now, value);
  });
}

/** Any option of the group that is meant will do: “In review” is in progress. */
function meansAlready(property: PropertySchema, now: PropertyValue, value: unknown): boolean {
  const current = (now[now.type] as { readonly id?: string } | null)?.id;
  const wanted = (value as Readonly<Record<string, { readonly id?: string }>>)[property.type]?.id;
  if (current === wanted) return true;
  const groups = (['to do', 'in progress', 'done'] as const).map((status) => groupOf(property, status));
  return groups.some((group) => group?.some(({ id }) => id === current) && group.some(({ id }) => id === wanted));
}
