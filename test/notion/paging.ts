import { createHash } from 'node:crypto';
import type { Fields } from './check.ts';
import { invalid } from './errors.ts';

/** A page of a list, as every list of the API is. A cursor is good for the list it came from only. */
export function paged(
  type: string,
  all: readonly { readonly id: string; readonly shown: () => Fields }[],
  {
    list,
    start_cursor,
    page_size,
  }: { readonly list: string; readonly start_cursor: unknown; readonly page_size: unknown },
): Fields {
  const size = typeof page_size === 'number' ? page_size : 100;
  const start = typeof start_cursor === 'string' ? all.findIndex(({ id }) => cursorOf(list, id) === start_cursor) : 0;
  if (start < 0) throw invalid(`The start_cursor provided is invalid: ${String(start_cursor)}`);
  const next = all[start + size];
  return {
    object: 'list',
    results: all.slice(start, start + size).map(({ shown }) => shown()),
    next_cursor: next ? cursorOf(list, next.id) : null,
    has_more: next !== undefined,
    type,
    [type]: {},
  };
}

const cursorOf = (list: string, id: string): string => {
  const hex = createHash('sha256').update(`${list} ${id}`).digest('hex');
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
};
