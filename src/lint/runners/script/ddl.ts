import { quoted } from '../../names.ts';
import type { Value } from './value.ts';

/** A column as a builder describes it. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: string;
  readonly notNull?: boolean;
  /** SQL of its default. */
  readonly default?: string | null;
  readonly primary?: boolean;
  readonly unique?: boolean;
  /** `table (column)` */
  readonly references?: string | null;
}

/** `schema.table` or `table`, quoted where it has to be. */
export const tableSql = (name: string, schema: string | null = null): string =>
  [...(schema === null ? [] : [schema]), ...name.split('.')].map(quoted).join('.');

export const listSql = (names: readonly string[]): string => names.map(quoted).join(', ');

export const columnSql = ({ name, type, ...column }: ColumnSpec): string =>
  [
    `${quoted(name)} ${type}`,
    column.default !== undefined && column.default !== null && `DEFAULT ${column.default}`,
    column.notNull && 'NOT NULL',
    column.primary && 'PRIMARY KEY',
    column.unique && 'UNIQUE',
    column.references && `REFERENCES ${column.references}`,
  ]
    .filter(Boolean)
    .join(' ');

export const createTable = (table: string, parts: readonly string[]): string =>
  `CREATE TABLE ${table} (\n  ${parts.join(',\n  ')}\n)`;

export interface IndexSpec {
  readonly name?: string | null;
  readonly table: string;
  /** Columns and expressions, as SQL. */
  readonly on: readonly string[];
  readonly unique?: boolean;
  readonly concurrently?: boolean;
  readonly ifNotExists?: boolean;
  readonly using?: string | null;
  readonly where?: string | null;
  readonly include?: readonly string[];
}

export const createIndex = (index: IndexSpec): string =>
  [
    `CREATE${index.unique ? ' UNIQUE' : ''} INDEX${index.concurrently ? ' CONCURRENTLY' : ''}`,
    index.ifNotExists && index.name && 'IF NOT EXISTS',
    index.name && quoted(index.name),
    `ON ${index.table}`,
    index.using && `USING ${index.using}`,
    `(${index.on.join(', ')})`,
    index.include?.length && `INCLUDE (${listSql(index.include)})`,
    index.where && `WHERE ${index.where}`,
  ]
    .filter(Boolean)
    .join(' ');

/** Several words, of which some may be missing. */
export const words = (...parts: readonly (string | false | null | undefined)[]): string =>
  parts.filter((part) => typeof part === 'string' && part !== '').join(' ');

/** A literal of a script as SQL; undefined for what is not one. */
export function literalSql(value: Value | undefined): string | undefined {
  if (value?.kind === 'text') return `'${value.text.replaceAll("'", "''")}'`;
  if (value?.kind === 'plain') return value.value === null ? 'NULL' : String(value.value);
  if ((value?.kind === 'map' && value.entries.size === 0) || (value?.kind === 'list' && value.items.length === 0))
    return value.kind === 'map' ? "'{}'" : "'[]'";
  return undefined;
}

/** An expression is put in brackets, a column is quoted. */
export const columnOrExpression = (text: string): string => (/^[\w$]+$/u.test(text) ? quoted(text) : text);
