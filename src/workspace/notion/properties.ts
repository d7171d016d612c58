import { textOf } from '../../markdown/runs.ts';
import type { Document } from '../../publication/document.ts';
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
  /** Of the pages of a related sprint table with this title: null for none or several. */
  readonly sprintPage: (property: PropertySchema, title: string) => Promise<string | null>;
}

export const taskTable = (
  source: DataSource,
  people: TaskTable['people'],
  sprintPage: TaskTable['sprintPage'],
): TaskTable => ({ source, roles: rolesIn(source), people, sprintPage });

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
  if (!properties) return { values, problems };
  const { status, priority, assignee, sprint, start, due, effort } = properties;
  const { roles } = table;
  const put = (role: Role, wanted: string | null, make: (property: PropertySchema) => Made | null): void => {
    const property = roles[role];
    if (!property || wanted === null) return;
    const made = make(property);
    if (made) values.push({ role, property, ...made });
    else
      problems.push(
        `${title}: ${property.name} has nothing for “${wanted}”. Add it in Notion, or set the property by hand.`,
      );
  };
  put('status', status, (property) => chosen(property, statusOption(property, status)));
  if (priority)
    put('priority', priority, (property) =>
      property.type === 'rich_text' ? text(priority) : chosen(property, priorityOption(property, priority)),
    );
  const person = assignee === null ? undefined : personOf(table.people, assignee);
  if (person === undefined && assignee !== null && roles.assignee)
    problems.push(
      `${title}: nobody in Notion is known as “${assignee}”. Add the id of the user to spec.notion.people.`,
    );
  else put('assignee', assignee, () => ({ value: { people: [{ id: person }] }, shown: assignee ?? '' }));
  const page =
    sprint !== null && roles.sprint?.type === 'relation' ? await table.sprintPage(roles.sprint, sprint) : null;
  put('sprint', sprint, (property) => sprintValue(property, sprint ?? '', page));
  put('start', start, () => days(start, null));
  put('due', due, () => days(due, null));
  if (!roles.start && !roles.due) put('dates', start ?? due, () => days(start, due));
  put('effort', effort === null ? null : String(effort), () => ({ value: { number: effort }, shown: String(effort) }));
  put('key', key, () => text(key));
  return { values, problems };
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

const personOf = (people: TaskTable['people'], name: string): string | undefined =>
  Object.entries(people).find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];

/** One day, or from one to another. */
function days(start: string | null, due: string | null): Made {
  const [from, to] = [start ?? due, start === null || start === due ? null : due];
  return {
    value: { date: { start: from, ...(to === null ? {} : { end: to }) } },
    shown: [from, to].filter((day) => day !== null).join(' to '),
  };
}

function sprintValue(property: PropertySchema, sprint: string, page: string | null): Made | null {
  if (property.type === 'relation')
    return page === null ? null : { value: { relation: [{ id: page }] }, shown: sprint };
  if (property.type === 'rich_text') return text(sprint);
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
