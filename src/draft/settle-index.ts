import type { Index, Table } from '../catalog/catalog.ts';
import { type Findings, operation, question } from './draft.ts';
import { tablesCalled } from './look-up.ts';
import { refOf } from './names.ts';
import type { IndexPart, WishOf } from './wish.ts';
import { findColumn, listed, type World } from './world.ts';

type IndexWish = WishOf<'create_index'>;

/** An index that is asked for, unless there is one of the same columns. */
export function settleIndex(wish: IndexWish, world: World): Findings {
  const anchor = tableOf(wish, world);
  if ('findings' in anchor) return anchor.findings;
  const { table } = anchor;
  const columns: IndexPart[] = [];
  for (const part of wish.columns) {
    const found = typeof part === 'string' ? findColumn(world, `${table.schema}.${table.name}`, part, wish) : null;
    if (found?.table === null) return found.findings;
    columns.push(typeof part === 'string' && found ? found.column.name : part);
  }
  const same = table.indexes.find((index) => isSame(index, columns, wish));
  if (same)
    return question(
      wish,
      `${table.name} has such an index already, ${same.name}. Is another one meant?`,
      'Two of the same only cost writes.',
    );
  return operation(wish, 'create_index', { table: refOf(table), columns, ...options(wish) });
}

const options = ({ name, unique, method, include, where }: IndexWish) => ({
  ...(name === null ? {} : { name }),
  ...(unique ? { unique: true } : {}),
  ...(method === 'btree' ? {} : { method }),
  ...(include.length ? { include } : {}),
  ...(where === null ? {} : { where }),
});

/** The table that is named, or the only one that has the first column. */
function tableOf(wish: IndexWish, world: World): { readonly table: Table } | { readonly findings: Findings } {
  const first = wish.columns.find((part) => typeof part === 'string');
  if (first !== undefined) {
    const found = findColumn(world, wish.table, first, wish);
    return found.table === null ? { findings: found.findings } : { table: found.table };
  }
  const [only, ...more] = wish.table === null ? [] : tablesCalled(world.catalog.tables.map(listed), wish.table);
  return only && !more.length
    ? { table: world.catalog.table(only) }
    : { findings: question(wish, 'Which table is the index to be on?', 'It cannot be built.') };
}

const isSame = (index: Index, columns: readonly IndexPart[], { unique, where, method, include }: IndexWish): boolean =>
  where === null &&
  !include.length &&
  !index.partial &&
  index.valid &&
  (index.unique || !unique) &&
  index.definition.includes(` USING ${method} `) &&
  index.columns.length === columns.length &&
  index.columns.every((name, i) => name === columns[i]);
