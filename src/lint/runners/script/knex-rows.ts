import { quoted } from '../../names.ts';
import { literalSql, tableSql } from './ddl.ts';
import type { Step } from './steps.ts';
import { type Call, textOf, type Value } from './value.ts';

/** `knex('users').where(…).update(…)`: what the call changes, under the conditions before and behind it. */
export function rowsChanged(call: Call, after: readonly Call[]): readonly Step[] {
  const { name, span, receiver } = call;
  if (!['update', 'del', 'delete', 'truncate'].includes(name) || receiver?.kind !== 'call') return [];
  const [query, ...before] = chainOf(receiver);
  const table = textOf(query?.args[0]);
  if (query?.receiver !== null || table === null) return [];
  if (name === 'truncate') return [{ sql: `TRUNCATE ${tableSql(table)}`, span }];
  const start =
    name === 'update' ? `UPDATE ${tableSql(table)} SET ${assignments(call)}` : `DELETE FROM ${tableSql(table)}`;
  const conditions = [...before, ...after].flatMap(conditionsOf);
  return [{ sql: conditions.length === 0 ? start : `${start} WHERE ${conditions.join(' AND ')}`, span }];
}

const chainOf = (call: Call): readonly Call[] =>
  call.receiver?.kind === 'call' ? [...chainOf(call.receiver), call] : [call];

/** The values do not matter. */
function assignments({ args: [what] }: Call): string {
  const columns = what?.kind === 'map' ? [...what.entries.keys()] : [textOf(what) ?? ''];
  return columns.map((column) => `${quoted(column === '' ? 'what_javascript_says' : column)} = NULL`).join(', ');
}

/** `where('id', 1)`, `where({ id: 1 })`, `whereNull('a')`; others leave rows out in a way of theirs. */
function conditionsOf({ name, args }: Call): readonly string[] {
  const [what, ...rest] = args;
  const column = textOf(what);
  if (/^(?:and)?where(?:Not)?Null$/iu.test(name) && column !== null)
    return [`${quoted(column)} IS ${name.includes('Not') ? 'NOT ' : ''}NULL`];
  if (/^(?:and)?where$/iu.test(name)) {
    if (what?.kind === 'map' && what.entries.size > 0)
      return [...what.entries].map(([key, value]) => equals(key, value));
    if (column !== null && rest.length > 0) return [equals(column, rest.at(-1), rest.length > 1 ? '>' : '=')];
  }
  return /where|join$|^having|^limit$/iu.test(name) ? ['what_javascript_says = 1'] : [];
}

const equals = (column: string, value: Value | undefined, sign = '='): string =>
  `${quoted(column)} ${sign} ${literalSql(value) ?? '1'}`;
