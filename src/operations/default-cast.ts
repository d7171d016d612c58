import type { Column } from '../catalog/catalog.ts';
import type { ColumnMapping } from '../mappings/column-mapping.ts';
import { substituteColumns } from '../sql/expressions.ts';

/**
 * A column as another type, where the author says nothing else. Strings are not cut to their length, as an assignment would not cut them
 * either: what does not fit is put before a person.
 */
export function defaultCast(column: string, type: string): string {
  const name = `"${column.replaceAll('"', '""')}"`;
  const length = lengthOf(type);
  if (length === null) return `${name}::${type}`;
  const own = /var/i.test(type) ? 'varchar' : 'bpchar';
  return `pg_catalog."${own}"(${name}::${own}, ${length + HEADER}, false)`;
}

/** What a length is greater by as the modifier of its type. */
const HEADER = 4;

/** Of a string that has one, however it is spelled: `character varying(20)`, `VARCHAR (20)`, `char`. */
function lengthOf(type: string): number | null {
  const [, kind, length] =
    /^(varchar|char(?:acter)?(?: varying)?|bpchar)\s*(?:\(\s*(\d+)\s*\))?$/i.exec(type.trim()) ?? [];
  if (length !== undefined) return Number(length);
  return kind !== undefined && /^char(acter)?$/i.test(kind) ? 1 : null;
}

/** The old default is of the old type before it is converted; but what a sequence gives may be more than that type can hold. */
export function defaultFor(old: Column, m: ColumnMapping): string | null {
  if (old.default === null || m.up === null) return old.default;
  const value = old.default.startsWith('nextval(') ? old.default : `(${old.default})::${m.from.type}`;
  return `(${substituteColumns(m.up, 'up', () => `(${value})`)})::${m.to.type}`;
}
