import { keyOf, type Table } from '../catalog/catalog.ts';
import { derivedName, singular } from '../sql/names.ts';
import type { RelationName } from '../sql/sql.ts';

/** Joins parts to a name that is a valid identifier and not taken, counting up when it is. */
export function uniqueNames(isTaken: (name: string) => boolean) {
  const given = new Set<string>();
  return (parts: readonly string[]): string => {
    const stem = parts.filter((part) => part !== '').join('_') || 'unnamed';
    for (let count = 1; ; count++) {
      const name = count === 1 ? derivedName(stem) : derivedName(stem, String(count));
      if (given.has(name) || isTaken(name)) continue;
      given.add(name);
      return name;
    }
  };
}

/** No column may be called like one of the key, a system column, or what a YAML reader refuses. */
export function columnNamesOf(source: Table) {
  const key = keyOf(source).map((c) => c.name);
  const reserved = new Set([...key, derivedName(singular(source.name), 'id'), ...SYSTEM_COLUMNS, '__proto__']);
  return uniqueNames((name) => reserved.has(name));
}

const SYSTEM_COLUMNS = ['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid'];

/** A table as a migration names it. */
export const tableRef = (schema: string, name: string): string | { schema: string; name: string } => {
  if (`${schema}${name}`.includes('.')) return { schema, name };
  return schema === 'public' ? name : `${schema}.${name}`;
};

export const refOf = ({ schema, name }: RelationName) => tableRef(schema, name);

/** A migration's name out of words; `draft` when nothing is left of them. */
export const migrationNameFrom = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/gu, '-')
    .replace(/^[^a-z0-9]+/u, '')
    .slice(0, 40)
    .replace(/-+$/u, '') || 'draft';

/** The words of a name in lower case and in the singular: `itemsPerPage` has item, per and page. */
export const wordsOf = (name: string): readonly string[] =>
  snakeCase(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .map(singular);

/** `itemsPerPage` → `items_per_page`. */
export const snakeCase = (name: string): string =>
  name
    .replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1_$2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toLowerCase();

/** The same word, also in another form: notification and notify. */
export function sameWord(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return a === b || (short.length >= 4 && long.startsWith(short.slice(0, Math.max(4, short.length - 1))));
}
