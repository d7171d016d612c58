import type { Column, Table } from '../catalog/catalog.ts';
import { child, children, names, text, type Tree } from '../catalog/syntax-tree.ts';
import { parsed } from './parse.ts';
import { literalOf } from './values.ts';

/** What the database itself says about keys of a JSON column. */
export interface Evidence {
  /** The value that the column's default gives a key, when it is a string, number or boolean. */
  readonly defaultOf: (path: readonly string[]) => string | number | boolean | null;
  /** An index over nothing but this key. */
  readonly indexOn: (path: readonly string[]) => string | null;
}

export function evidenceOf(table: Table, column: Column): Evidence {
  const document = documentOf(column.default);
  const indexed = table.indexes.flatMap(({ name, definition, unique }) => {
    const path = unique ? null : indexedPath(definition, column.name);
    return path ? [{ name, path }] : [];
  });
  return {
    defaultOf: (path) => {
      const value = path.reduce<unknown>(
        (at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : null),
        document,
      );
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
    },
    indexOn: (path) => indexed.find((index) => index.path.join('\0') === path.join('\0'))?.name ?? null,
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function documentOf(written: string | null): unknown {
  const literal = written === null ? null : literalOf(written);
  try {
    return typeof literal === 'string' ? JSON.parse(literal) : null;
  } catch {
    return null;
  }
}

/** The key that an index of one expression is about; null for any other index. */
function indexedPath(definition: string, column: string): readonly string[] | null {
  const index = child((parsed(definition) ?? [])[0] ?? {}, 'IndexStmt');
  const [element, ...more] = children(index, 'indexParams');
  if (!element || more.length || Object.keys(child(index, 'whereClause')).length) return null;
  if (text(index, 'accessMethod') !== 'btree') return null;
  const path = pathOf(child(child(element, 'IndexElem'), 'expr'), column);
  return path?.length ? path : null;
}

/** `preferences -> 'a' ->> 'b'` and `preferences #>> '{a,b}'` are a, b. */
function pathOf(node: Tree, column: string): readonly string[] | null {
  if ('TypeCast' in node) return pathOf(child(child(node, 'TypeCast'), 'arg'), column);
  if ('ColumnRef' in node) return names(children(child(node, 'ColumnRef'), 'fields')).join() === column ? [] : null;
  const expression = child(node, 'A_Expr');
  const before = 'A_Expr' in node ? pathOf(child(expression, 'lexpr'), column) : null;
  const key = keyIn(child(expression, 'rexpr'));
  if (!before || key === null) return null;
  const operator = names(children(expression, 'name')).at(-1);
  if (operator === '->' || operator === '->>') return [...before, key];
  const list = operator === '#>' || operator === '#>>' ? /^\{([\w,]+)\}$/u.exec(key)?.[1] : undefined;
  return list === undefined ? null : [...before, ...list.split(',')];
}

function keyIn(node: Tree): string | null {
  if ('TypeCast' in node) return keyIn(child(child(node, 'TypeCast'), 'arg'));
  const constant = child(node, 'A_Const');
  return 'sval' in constant ? (text(child(constant, 'sval'), 'sval') ?? '') : null;
}
