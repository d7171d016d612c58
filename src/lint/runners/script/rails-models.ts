import { quoted } from '../../names.ts';
import { literalSql } from './ddl.ts';
import { type Step, unread } from './steps.ts';
import { type Call, isNull, rootOf, textOf, type Value } from './value.ts';

const changesRows = new Set([
  ...['update_all', 'delete_all', 'destroy_all', 'insert_all', 'upsert_all', 'create', 'create!'],
  ...['find_each', 'find_in_batches', 'in_batches'],
]);

/** What a model does to rows: those of the whole table are known, others only when it runs. Null for other calls. */
export function modelStep(call: Call): readonly Step[] | null {
  const { name, span } = call;
  const model = rootOf(call.receiver);
  if (!changesRows.has(name) || model === null || !/^[A-Z]/u.test(model)) return null;
  const verb = verbs[name]?.(call, quoted(tableOf(model)));
  const where = whereOf(call.receiver);
  if (verb === undefined || where === null)
    return unread(call, `which rows ${name} changes is known only when it runs`);
  return [{ sql: `${verb}${where}`, span }];
}

const verbs: Readonly<Record<string, (call: Call, table: string) => string>> = {
  update_all: ({ args, options }, table) => `UPDATE ${table} SET ${textOf(args[0]) ?? assigned(options)}`,
  delete_all: (_, table) => `DELETE FROM ${table}`,
};

const assigned = (values: ReadonlyMap<string, Value>): string =>
  [...values].map(([column, value]) => `${quoted(column)} = ${literalSql(value) ?? 'NULL'}`).join(', ');

/** The condition of a chain such as `User.unscoped.where(plan: nil)`; null when it is not known. */
function whereOf(chain: Value | null): string | null {
  if (chain?.kind !== 'call') return '';
  const { name, options, args } = chain;
  const before = whereOf(chain.receiver);
  if (name === 'all' || name === 'unscoped') return before;
  const [[column, value] = [], ...more] = [...options];
  const isOneNull = name === 'where' && args.length === 0 && more.length === 0 && isNull(value);
  return isOneNull && before === '' ? ` WHERE ${quoted(column ?? '')} IS NULL` : null;
}

/** `Admin::LineItem`: `line_items`. */
const tableOf = (model: string): string =>
  model
    .replace(/^.*::/u, '')
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])/gu, '_')
    .toLowerCase()
    .replace(/([^aeiou])y$/u, '$1ie')
    .replace(/(ss|sh|ch|x)$/u, '$1e')
    .replace(/$/u, 's');
