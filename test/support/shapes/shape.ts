import type { RelationName } from '../../../src/sql/sql.ts';

/** A kind of table, with the words to write it. Each has a column `value`, a document and a `note` that no migration touches. */
export interface Shape {
  readonly name: string;
  /** CREATE TABLE and what goes with it. */
  readonly create: string;
  readonly table: RelationName;
  /** The key's columns, as they are called; none: rows are found by `where`. */
  readonly key: readonly string[];
  /** The i-th row's key, as literals. */
  readonly keyOf: (i: number) => readonly string[];
  /** The i-th row, in a table without a key. */
  readonly where?: (i: number) => string;
  /** Other columns that an INSERT must give. */
  readonly also?: (i: number) => Readonly<Record<string, string>>;
  readonly value: {
    readonly column: string;
    /** The i-th value, as a literal or expression. */
    readonly of: (i: number) => string;
    /** What change_column_type makes of it; both ways without loss. */
    readonly into: { readonly type: string; readonly up?: string; readonly down?: string } | null;
    /** It may be NULL. */
    readonly nullable: boolean;
  };
  readonly document: string;
  /** It may not be NULL. */
  readonly documentIsNeeded?: boolean;
  /** A few are as large as a megabyte. */
  readonly bigDocuments?: boolean;
  /** The table's rows may not be moved to another key. */
  readonly keyIsFixed?: boolean;
  /** What is done to a row besides, such as sending it to another partition. */
  readonly more?: (i: number) => string;
  /** Rows there are before anything begins. */
  readonly rows?: number;
  /** Why an operation is refused for it, instead of running. */
  readonly refused?: Partial<Record<Kind, RegExp>>;
  /** What new things are called, where that is hard. */
  readonly names?: HardNames;
  /** The operations it has something to say about. */
  readonly kinds: readonly Kind[];
}

/** Names for everything a migration makes. */
export interface HardNames {
  readonly migration: string;
  readonly value: string;
  readonly index: string;
  readonly theme: string;
  readonly page: readonly string[];
  readonly table: RelationName;
  readonly themeColumn: string;
  readonly pageColumn: string;
  readonly key: string;
  readonly remainder: string;
}

export const kinds = ['extract_json', 'rename_column', 'change_column_type', 'create_index'] as const;
export type Kind = (typeof kinds)[number];

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
export const relation = ({ schema, name }: RelationName): string => `${quoted(schema)}.${quoted(name)}`;
export const tableOf = (shape: Shape): string => relation(shape.table);

export const rowIs = (shape: Shape, i: number, columns: readonly string[] = shape.key): string =>
  shape.where?.(i) ?? columns.map((c, k) => `${quoted(c)} = ${shape.keyOf(i)[k] ?? ''}`).join(' AND ');

export const insertRow = (shape: Shape, i: number, columns: Readonly<Record<string, string>>): string => {
  const all = {
    ...Object.fromEntries(shape.key.map((c, k) => [c, shape.keyOf(i)[k] ?? ''])),
    ...shape.also?.(i),
    ...columns,
  };
  return `INSERT INTO ${tableOf(shape)} (${Object.keys(all).map(quoted).join(', ')}) VALUES (${Object.values(all).join(', ')})`;
};

export const update = (shape: Shape, i: number, set: string): string =>
  `UPDATE ${tableOf(shape)} SET ${set} WHERE ${rowIs(shape, i)}`;

export const remove = (shape: Shape, i: number): string => `DELETE FROM ${tableOf(shape)} WHERE ${rowIs(shape, i)}`;

export const move = (shape: Shape, i: number, to: number): string =>
  update(shape, i, shape.key.map((c, k) => `${quoted(c)} = ${shape.keyOf(to)[k] ?? ''}`).join(', '));

/** The rows there are before anything begins: every seventh without a document, every fifth without a value where that may be. */
export const fill = (shape: Shape, document: (i: number) => string): string =>
  Array.from({ length: shape.rows ?? 60 }, (_, n) => n + 1)
    .map((i) =>
      insertRow(shape, i, {
        [shape.value.column]: shape.value.nullable && i % 5 === 0 ? 'NULL' : shape.value.of(i),
        [shape.document]: i % 7 === 0 && !shape.documentIsNeeded ? 'NULL' : document(i),
        note: text(`row ${i}`),
      }),
    )
    .join(';\n');
