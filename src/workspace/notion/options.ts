import { priorities, type Priority } from '../../spec/requirements.ts';
import type { TaskStatus } from '../../publication/document.ts';
import { z } from 'zod';
import { plain } from './roles.ts';
import type { PropertySchema } from './shapes.ts';

const option = z.looseObject({ id: z.string(), name: z.string() });
export type Option = z.output<typeof option>;

const config = z.looseObject({
  options: z.array(option),
  groups: z.array(z.looseObject({ name: z.string(), option_ids: z.array(z.string()) })).optional(),
});

/** The options of a select, multi-select or status. */
export const optionsOf = ({ type, ...property }: PropertySchema): readonly Option[] =>
  config.safeParse(property[type]).data?.options ?? [];

/** Those of the group that a status stands for; a select has no groups. Groups are three and keep their order, whatever their names. */
export function groupOf({ type, ...property }: PropertySchema, status: TaskStatus): readonly Option[] | null {
  const { options = [], groups } = config.safeParse(property[type]).data ?? {};
  if (type !== 'status' || !groups) return null;
  const names: readonly string[] = ['to do', 'in progress', 'complete'];
  const at = statuses.indexOf(status);
  const group = groups.find(({ name }) => plain(name) === names[at]) ?? groups[at];
  return options.filter(({ id }) => group?.option_ids.includes(id));
}

const statuses: readonly TaskStatus[] = ['to do', 'in progress', 'done'];

const statusNames: Readonly<Record<TaskStatus, readonly string[]>> = {
  'to do': ['to do', 'todo', 'not started', 'open', 'ready', 'planned', 'new', 'backlog'],
  'in progress': ['in progress', 'doing', 'started', 'active', 'ongoing', 'working on it'],
  done: ['done', 'complete', 'completed', 'finished', 'closed', 'resolved', 'shipped'],
};

/** The option for a status; null where none would mean it. */
export function statusOption(property: PropertySchema, status: TaskStatus): Option | null {
  const group = groupOf(property, status);
  return named(group ?? optionsOf(property), statusNames[status]) ?? group?.[0] ?? null;
}

const priorityNames: Readonly<Record<Priority, readonly string[]>> = {
  must: ['must', 'must have', 'critical', 'urgent', 'highest', 'high'],
  should: ['should', 'should have', 'important', 'medium', 'normal'],
  could: ['could', 'could have', 'nice to have', 'nice', 'low'],
  wont: ["won't", 'wont', "won't have", 'future', 'lowest', 'low'],
};

/** By its name, or by its place in a scale of P0 (or P1) and so on. */
export function priorityOption(property: PropertySchema, priority: Priority): Option | null {
  const options = optionsOf(property);
  const first = options.some(({ name }) => plain(name) === 'p0') ? 0 : 1;
  return named(options, [...priorityNames[priority], `p${priorities.indexOf(priority) + first}`]);
}

export const named = (options: readonly Option[], names: readonly string[]): Option | null => {
  for (const name of names) {
    const found = options.find((one) => plain(one.name) === plain(name));
    if (found) return found;
  }
  return null;
};
