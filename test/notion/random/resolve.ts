import { isFields } from '../check.ts';
import type { State } from '../state.ts';

const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/u;

/** Puts ids that exist in place of `<page 3>` and of those that were made up. */
export function resolved(state: State, value: unknown, key = ''): unknown {
  if (typeof value === 'string') return idFor(state, value, key);
  if (Array.isArray(value)) return value.map((one) => resolved(state, one, key));
  if (!isFields(value)) return value;
  const inner = Object.entries(value).map(([name, one]) => [
    name,
    name === 'synced_from' ? null : resolved(state, one, name === 'id' ? key : name),
  ]);
  return Object.fromEntries(inner) as unknown;
}

function idFor({ things, users }: State, text: string, key: string): string {
  const all = Object.values(things);
  const pages = all.filter(({ kind }) => kind === 'page').map(({ id }) => id);
  const tasks = all.find((thing) => thing.kind === 'data source' && thing.rows > 1);
  const choices: Readonly<Record<string, readonly string[]>> = {
    page: pages,
    row: all
      .filter(
        (thing) => thing.kind === 'page' && thing.parent.type === 'data_source_id' && thing.parent.id === tasks?.id,
      )
      .map(({ id }) => id),
    block: all.filter(({ kind }) => kind === 'block').map(({ id }) => id),
    user: Object.keys(users),
    database: all.filter(({ kind }) => kind === 'database').map(({ id }) => id),
    tasks: tasks ? [tasks.id] : [],
  };
  const [, kind = '', number = '0'] = /^<(\w+)(?: (\d+))?>$/u.exec(text) ?? [];
  const madeUp = uuid.test(text) && !(text in things) && !(text in users) && key !== 'comment_id';
  const chosen =
    choices[kind || (madeUp ? (key.replace(/_id$/u, '') in choices ? key.replace(/_id$/u, '') : 'page') : '')];
  return chosen?.length ? (chosen[Number(number) % chosen.length] ?? text) : text;
}
