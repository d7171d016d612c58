import type { JsonPath, JsonStructure } from '../catalog/json-structure.ts';

/** Keys that fewer documents have stay in the remainder. */
const OFTEN = 0.1;

export interface Keys {
  /** Keys that get a column, in the order of their frequency. */
  readonly columns: readonly JsonPath[];
  /** Keys that get none. */
  readonly others: readonly JsonPath[];
  /** No key is without a column, and every document was looked at. */
  readonly complete: boolean;
}

/** Which keys of the documents are worth a column: those that at least a tenth of them have. */
export function keysOf({ paths, pathCount, sampled, documents }: JsonStructure): Keys {
  const whole = Math.max(1, documents.objects);
  const wanted = paths.filter((p) => isValue(p) && p.rows / whole >= OFTEN && below(p, paths));
  const columns = wanted.filter((p) => !wanted.some((o) => o !== p && startsWith(p.path, o.path)));
  const others = paths.filter(
    (p) =>
      !columns.some((c) => startsWith(c.path, p.path) || startsWith(p.path, c.path)) && !hasParent(p, paths, columns),
  );
  return {
    columns,
    others,
    complete: !others.length && !sampled && pathCount === paths.length && pure(paths, columns),
  };
}

/** A scalar that nearly all values fit, or a list. */
const isValue = ({ suggested, types, rows }: JsonPath) =>
  suggested !== 'jsonb' || types.array >= 0.95 * (rows - types.null);

/** Every key on the way to it holds an object wherever it is there. */
const below = ({ path }: JsonPath, paths: readonly JsonPath[]) =>
  path.slice(1).every((_, i) => {
    const parent = paths.find((p) => p.path.length === i + 1 && startsWith(path, p.path));
    return parent !== undefined && parent.types.object >= 0.95 * (parent.rows - parent.types.null);
  });

/** An object whose keys are listed is not listed itself, and of what no column takes only the outermost is. */
const hasParent = ({ path }: JsonPath, paths: readonly JsonPath[], columns: readonly JsonPath[]) =>
  paths.some(
    (p) => p.path.length < path.length && startsWith(path, p.path) && !columns.some((c) => startsWith(c.path, p.path)),
  );

/** What stands above a column is an object everywhere. */
const pure = (paths: readonly JsonPath[], columns: readonly JsonPath[]) =>
  paths
    .filter((p) => columns.some((c) => c !== p && startsWith(c.path, p.path)))
    .every(({ types, rows }) => types.object + types.null === rows);

export const startsWith = (path: readonly string[], prefix: readonly string[]): boolean =>
  prefix.length <= path.length && prefix.every((key, i) => path[i] === key);
