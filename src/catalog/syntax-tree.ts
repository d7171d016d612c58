/** A node of a statement's syntax tree, as libpg-query prints it: `{ SelectStmt: { … } }`, or its inside. */
export type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is under a key; an empty node when there is nothing. */
export const child = (node: Tree, key: string): Tree => {
  const value = node[key];
  return isTree(value) ? value : {};
};

export const has = (node: Tree, key: string): boolean => isTree(node[key]);

/** The list under a key; empty when there is none. */
export const children = (node: Tree, key: string): readonly Tree[] => {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isTree) : [];
};

export const text = (node: Tree, key: string): string | null => {
  const value = node[key];
  return typeof value === 'string' ? value : null;
};

/** The nodes directly inside, with the keys they are under. */
export const inside = (node: Tree): readonly (readonly [string, Tree])[] =>
  Object.entries(node).flatMap(([key, value]) =>
    Array.isArray(value)
      ? value.filter(isTree).map((part) => [key, part] as const)
      : isTree(value)
        ? [[key, value] as const]
        : [],
  );

/** The names in a list of strings: a column reference's parts, a USING list. A star is left out. */
export const names = (list: readonly Tree[]): readonly string[] =>
  list.flatMap((item) => text(child(item, 'String'), 'sval') ?? []);
