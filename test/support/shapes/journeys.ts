import type { Journey } from './journey.ts';
import { quoted, tableOf, type Shape } from './shape.ts';
import {
  before,
  setFunction,
  throughColumn,
  throughDocument,
  throughTable,
  usualKeys,
  type Extracted,
  type Keys,
} from './words.ts';

/** What new things are called; some shapes ask for names that are hard to write. */
export interface Names {
  readonly migration: string;
  readonly value: string;
  readonly keys: Keys;
  readonly into: Extracted;
  readonly remainder: string;
  readonly index: string;
}

function usualNames(shape: Shape): Names {
  const { names } = shape;
  if (names)
    return {
      ...names,
      keys: { theme: names.theme, page: names.page },
      into: { table: names.table, key: [names.key], theme: names.themeColumn, page: names.pageColumn },
    };
  return {
    index: 'new_index',
    migration: 'shape',
    value: 'value_new',
    keys: usualKeys,
    into: {
      table: { schema: shape.table.schema, name: 'extracted' },
      key: shape.key.map((k) => (k === 'id' && shape.key.length === 1 ? 'item_id' : k)),
      theme: 'theme',
      page: 'page',
    },
    remainder: 'rest',
  };
}

export const renaming = (shape: Shape, names = usualNames(shape)): Journey => ({
  before: before(shape, names.keys),
  name: names.migration,
  operation: { rename_column: { table: shape.table, from: shape.value.column, to: names.value } },
  old: throughColumn(shape, shape.value.column),
  new: throughColumn(shape, names.value),
  newAsOld: throughColumn(shape, shape.value.column),
  plain: `ALTER TABLE ${tableOf(shape)} RENAME COLUMN ${quoted(shape.value.column)} TO ${quoted(names.value)}`,
});

export function converting(shape: Shape, names = usualNames(shape)): Journey {
  const { into, column } = shape.value;
  if (!into) throw new Error(`${shape.name} has no other type.`);
  const using = into.up ?? `${quoted(column)}::${into.type}`;
  return {
    ...renaming(shape, names),
    operation: { change_column_type: { table: shape.table, column, to: names.value, ...into } },
    plain: `ALTER TABLE ${tableOf(shape)} ALTER COLUMN ${quoted(column)} TYPE ${into.type} USING ${using};
      ALTER TABLE ${tableOf(shape)} RENAME COLUMN ${quoted(column)} TO ${quoted(names.value)}`,
  };
}

export const extracting = (shape: Shape, names = usualNames(shape)): Journey => ({
  before: `${setFunction}\n${before(shape, names.keys)}`,
  name: names.migration,
  operation: {
    extract_json: {
      table: shape.table,
      column: shape.document,
      key: Object.fromEntries(shape.key.map((k, i) => [k, names.into.key[i] ?? k])),
      into: [
        {
          table: names.into.table,
          columns: {
            [names.into.theme]: { type: 'text', from: [names.keys.theme], index: true },
            [names.into.page]: { type: 'integer', from: names.keys.page },
          },
        },
      ],
      remainder: { table: names.into.table, column: names.remainder },
    },
  },
  old: throughDocument(shape, names.keys),
  new: throughTable(shape, names.keys, names.into),
  newAsOld: throughTable(shape, names.keys, null),
  plain: null,
});

/** An index needs no words of its own: the old ones go on through every phase. */
export const indexing = (shape: Shape, names = usualNames(shape)): Journey => {
  const words = throughColumn(shape, shape.value.column);
  return {
    before: before(shape, names.keys),
    name: names.migration,
    operation: {
      create_index: { table: shape.table, name: names.index, columns: ['note'], where: 'note IS NOT NULL' },
    },
    old: words,
    new: words,
    newAsOld: words,
    plain: `CREATE INDEX ${quoted(names.index)} ON ${tableOf(shape)} (note) WHERE note IS NOT NULL`,
  };
};
