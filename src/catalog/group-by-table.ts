/** Rows that say which table they belong to (`table`, an oid), as one list for each table, in the order they came. */
export function groupByTable<T>(rows: readonly (T & { readonly table: number })[]): ReadonlyMap<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const { table, ...row } of rows) {
    const group = groups.get(table) ?? [];
    group.push(row as unknown as T);
    groups.set(table, group);
  }
  return groups;
}
