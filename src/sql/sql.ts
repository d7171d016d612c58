import { identifierTooLong, zeroByte } from './errors.ts';

export type Value = string | number | boolean | null | readonly string[];
type Part = { readonly text: string } | { readonly value: Value };

/** A piece of SQL. Text comes only from our source, data only from `${}`: the two never mix. */
export interface Sql {
  readonly parts: readonly Part[];
  /** Only on a stored statement: the values of the parameters its text already has. */
  readonly values?: readonly Value[];
}

export function sql(text: TemplateStringsArray, ...inserts: readonly (Sql | Value)[]): Sql {
  const parts: Part[] = [];
  text.forEach((piece, i) => {
    append(parts, { text: piece });
    if (i < inserts.length) for (const part of toParts(inserts[i] as Sql | Value)) append(parts, part);
  });
  return { parts };
}

const toParts = (insert: Sql | Value): readonly Part[] =>
  insert !== null && typeof insert === 'object' && 'parts' in insert ? insert.parts : [{ value: insert }];

/** Text that follows text becomes one with it: statements are built of statements, and each would copy every piece of those in it. */
function append(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (last && 'text' in last && 'text' in part) parts[parts.length - 1] = { text: last.text + part.text };
  else parts.push(part);
}

/** Trusted text: a type name from pg_catalog, an expression the user wrote in a migration, a stored plan. Keep calls rare. */
export const raw = (text: string): Sql => ({ parts: [{ text }] });

export const empty: Sql = raw('');

/** A quoted name. PostgreSQL would cut a name over 63 bytes without a word, so we refuse it. */
export function ident(name: string): Sql {
  if (Buffer.byteLength(name) > 63) throw identifierTooLong(name);
  if (name.includes('\0')) throw zeroByte();
  return raw(`"${name.replaceAll('"', '""')}"`);
}

export interface RelationName {
  readonly schema: string;
  readonly name: string;
}

/** `"schema"."name"` */
export const qualified = ({ schema, name }: RelationName): Sql => sql`${ident(schema)}.${ident(name)}`;

/** Pieces with a separator between them; nothing for an empty list. */
export function join(pieces: readonly Sql[], separator = ', '): Sql {
  const parts: Part[] = [];
  pieces.forEach((piece, i) => {
    if (i > 0) append(parts, { text: separator });
    for (const part of piece.parts) append(parts, part);
  });
  return { parts };
}

/** For queries: values become $1, $2, … */
export function bind(statement: Sql): { text: string; values: Value[] } {
  const values: Value[] = [...(statement.values ?? [])];
  const text = statement.parts.map((p) => ('text' in p ? p.text : `$${values.push(p.value)}`)).join('');
  return { text, values };
}

/** For DDL, which takes no parameters: values become literals. What a plan prints is what runs. */
export const inline = (statement: Sql): string =>
  statement.parts.map((p) => ('text' in p ? p.text : literal(p.value))).join('');

/** A string literal that means the same whatever standard_conforming_strings says. */
function literal(value: Value): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? String(value) : `'${value}'`;
  if (typeof value !== 'string') return value.length ? `ARRAY[${value.map(literal).join(', ')}]` : `'{}'`;
  if (value.includes('\0')) throw zeroByte();
  const quoted = `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return value.includes('\\') ? `E${quoted}` : quoted;
}

/** A stored statement and the values of its own $1, $2, …; the server finds them, so text that looks like one is left alone. */
export const bound = (text: string, values: readonly Value[]): Sql => ({ parts: [{ text }], values });
