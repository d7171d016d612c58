/** One place in which two values differ. */
export interface Difference {
  /** `notifications.email`, `[2].id`; empty for the whole value. */
  readonly path: string;
  readonly old: unknown;
  readonly new: unknown;
}

/** Compares two values in depth. A missing property equals one that is undefined; the order of properties does not matter. */
export function differencesBetween(old: unknown, now: unknown, path = ''): Difference[] {
  if (Object.is(old, now)) return [];
  const entries = entriesOfBoth(old, now);
  if (entries === null) return sameLeaf(old, now) ? [] : [{ path, old, new: now }];
  return entries.flatMap(([key, a, b]) => differencesBetween(a, b, extend(path, key, Array.isArray(old))));
}

function entriesOfBoth(a: unknown, b: unknown): (readonly [string, unknown, unknown])[] | null {
  if (!isTree(a) || !isTree(b) || Array.isArray(a) !== Array.isArray(b)) return null;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, a[key], b[key]] as const);
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !(value instanceof Date) && !ArrayBuffer.isView(value);

function sameLeaf(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array)) return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

const extend = (path: string, key: string, inArray: boolean): string =>
  inArray ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
