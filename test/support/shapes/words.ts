import { fill, insertRow, move, quoted, relation, remove, rowIs, text, update, type Shape } from './shape.ts';

/** What an application that knows one shape of the data writes, part by part: rows of its own in each part. */
export type Words = (part: number) => readonly string[];

const ROWS_EACH = 6;
const row = (part: number, n: number) => part * ROWS_EACH + n;
const added = (part: number, n: number) => 1000 + part * 10 + n;

const common = (shape: Shape, part: number): readonly string[] => [
  update(shape, row(part, 1), `note = 'touched'`),
  remove(shape, row(part, 2)),
  ...(shape.key.length && !shape.keyIsFixed ? [move(shape, row(part, 3), added(part, 3))] : []),
  ...(shape.more ? [shape.more(row(part, 4))] : []),
];

/** Through a column, whatever it is called. */
export const throughColumn =
  (shape: Shape, column: string): Words =>
  (part) => {
    const { of, nullable } = shape.value;
    const name = quoted(column);
    return [
      ...common(shape, part),
      update(shape, row(part, 1), `${name} = ${of(row(part, 1) + 500)}`),
      update(shape, row(part, 5), `${name} = ${of(row(part, 5) + 500)}, note = 'both'`),
      ...(nullable ? [update(shape, row(part, 6), `${name} = NULL`)] : []),
      insertRow(shape, added(part, 1), { [column]: of(added(part, 1)), note: `'new'` }),
    ];
  };

/** What the JSON keys are called in this shape. */
export interface Keys {
  readonly theme: string;
  readonly page: readonly string[];
}

export const usualKeys: Keys = { theme: 'theme', page: ['places', 'page'] };

const place = (path: readonly string[]) => `ARRAY[${path.map(text).join(', ')}]`;

/** Through the document, as old code does. */
export const throughDocument =
  (shape: Shape, keys: Keys): Words =>
  (part) => {
    const doc = quoted(shape.document);
    const set = (i: number, path: readonly string[], value: string) =>
      update(shape, i, `${doc} = jsonb_set(coalesce(${doc}::jsonb, '{}'), ${place(path)}, to_jsonb(${value}))`);
    return [
      ...common(shape, part),
      set(row(part, 1), [keys.theme], `'changed'::text`),
      set(row(part, 5), ['unknown'], `'x'::text`),
      update(shape, row(part, 6), `${doc} = ${doc}::jsonb #- ${place(keys.page)}`),
      insertRow(shape, added(part, 1), { ...given(shape, added(part, 1)), [shape.document]: documentWith(keys, part) }),
      insertRow(shape, added(part, 2), { ...given(shape, added(part, 2)) }),
    ];
  };

const given = (shape: Shape, i: number) => ({ [shape.value.column]: shape.value.of(i), note: `'new'` });

const documentWith = (keys: Keys, part: number, also: Readonly<Record<string, string>> = {}) => {
  const entries = { [keys.theme]: `'new ${part}'`, ...also };
  return `jsonb_build_object(${Object.entries(entries)
    .map(([key, value]) => `${text(key)}, ${value}`)
    .join(', ')})`;
};

/** A new table of extract_json. */
export interface Extracted {
  readonly table: { readonly schema: string; readonly name: string };
  readonly key: readonly string[];
  readonly theme: string;
  readonly page: string;
}

/** Through the new table, as new code does; `into: null` says the same in the words of the document. */
export const throughTable =
  (shape: Shape, keys: Keys, into: Extracted | null): Words =>
  (part) => {
    const doc = quoted(shape.document);
    const set = (i: number, what: 'theme' | 'page', value: string) =>
      into
        ? `UPDATE ${relation(into.table)} SET ${quoted(into[what])} = ${value} WHERE ${rowIs(shape, i, into.key)}`
        : update(
            shape,
            i,
            `${doc} = lockkeeper_test_set(${doc}::jsonb, ${place(what === 'theme' ? [keys.theme] : keys.page)}, to_jsonb(${value}))`,
          );
    const add = (i: number) =>
      into
        ? `BEGIN; ${insertRow(shape, i, given(shape, i))}; INSERT INTO ${relation(into.table)} (${[...into.key, into.theme].map(quoted).join(', ')}) VALUES (${[...shape.keyOf(i), `'new ${part}'`].join(', ')}); COMMIT`
        : insertRow(shape, i, { ...given(shape, i), [shape.document]: documentWith(keys, part) });
    return [
      ...common(shape, part),
      set(row(part, 1), 'theme', `'changed'::text`),
      set(row(part, 5), 'page', '7'),
      set(row(part, 5), 'theme', `'twice'::text`),
      add(added(part, 1)),
      insertRow(shape, added(part, 2), given(shape, added(part, 2))),
    ];
  };

/** jsonb_set that makes missing parents, as sync does: what the oracle writes with. */
export const setFunction = `
  CREATE FUNCTION lockkeeper_test_set(doc jsonb, path text[], value jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT CASE WHEN cardinality(path) = 1 THEN coalesce(doc, '{}') || jsonb_build_object(path[1], value)
                ELSE coalesce(doc, '{}') || jsonb_build_object(path[1], lockkeeper_test_set(doc -> path[1], path[2:], value)) END $$;`;

const bigText = (i: number) =>
  `(SELECT string_agg(md5(${i}::text || n), '') FROM generate_series(1, ${i % 10 ? 300 : 30000}) n)`;

const documentFor = (keys: Keys, big: boolean) => (i: number) =>
  `jsonb_build_object(${text(keys.theme)}, 'theme ' || ${i}, 'kept', ${big ? bigText(i) : i}, ${text(keys.page[0] ?? '')}, ${
    keys.page.length > 1 ? `jsonb_build_object(${text(keys.page[1] ?? '')}, ${i})` : String(i)
  })`;

export const before = (shape: Shape, keys: Keys): string =>
  `${shape.create};\n${fill(shape, documentFor(keys, shape.bigDocuments ?? false))}`;
