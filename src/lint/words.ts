/** Why even a brief lock stops a table: said wherever one is taken. */
export const queue =
  'While it waits for its lock, behind any long query or idle transaction, everybody who comes later waits behind it, readers too.';

export const briefly = 'reads and writes of the table, briefly, and as long as it waits for the lock';
export const readsAndWrites = 'reads and writes of the table until it is done';
export const writes = 'writes to the table until it is done; reads go on';

/** `a`, `b` and `c`. */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
