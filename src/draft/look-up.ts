import type { ListedTable } from '../catalog/listed-table.ts';
import { wordsOf } from './names.ts';

/** The tables that a name may mean: one that is written so, else one that differs in case only, else one of the same words (`OrderItem`, `order_items`). */
export function tablesCalled(tables: readonly ListedTable[], spoken: string): readonly ListedTable[] {
  const name = unquoted(spoken);
  const matches: readonly ((written: string, table: ListedTable) => boolean)[] = [
    (written) => written === name,
    (written) => written.toLowerCase() === name.toLowerCase(),
    (written, table) =>
      !spoken.includes('.') && written === table.name && wordsOf(name).join() === wordsOf(written).join(),
  ];
  for (const match of matches) {
    const found = tables.filter((table) => match(table.name, table) || match(`${table.schema}.${table.name}`, table));
    if (found.length) return found;
  }
  return [];
}

/** The column of a table that a name means, or null. */
export function columnCalled({ columns }: Pick<ListedTable, 'columns'>, spoken: string): string | null {
  const name = unquoted(spoken);
  const words = wordsOf(name).join();
  return (
    columns.find((column) => column === name) ??
    columns.find((column) => column.toLowerCase() === name.toLowerCase()) ??
    columns.find((column) => words !== '' && wordsOf(column).join() === words) ??
    null
  );
}

/** `users.email` in its readings as a table and a column: at the last dot, and at the others. */
export const splitName = (spoken: string): readonly { readonly table: string; readonly column: string }[] =>
  [...spoken.matchAll(/\./gu)]
    .map(({ index }) => ({ table: spoken.slice(0, index), column: spoken.slice(index + 1) }))
    .reverse();

export const unquoted = (name: string): string =>
  /^"(?:[^"]|"")+"$/u.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name;
