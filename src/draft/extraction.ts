import type { JsonStructure } from '../catalog/json-structure.ts';
import { cannot, type Comment, distinctly, type DraftedOperation, type Findings, nothing } from './draft.ts';
import { defaultsMeant, emptyTable, keysLeft, strangers, tossUps } from './extraction-questions.ts';
import { fillTables, type FilledTable, type Filling } from './fill-tables.ts';
import type { JsonSource } from './json-source.ts';
import { percent } from './key-column.ts';
import { tableRef } from './names.ts';
import type { NamedColumn } from './specified-columns.ts';
import type { WishOf } from './wish.ts';

type IndexWish = WishOf<'create_index'>;

/** The keys of a JSON column, put into tables: `extract_json` with its reasons, and what has to be asked. */
export function draftExtraction(
  source: JsonSource,
  wishes: readonly WishOf<'new_table'>[],
  json: JsonStructure,
  indexes: readonly IndexWish[],
): Findings {
  const filling = fillTables(source, wishes, json);
  const filled = filling.tables.filter(({ columns }) => columns.length).map((table) => withIndexes(table, indexes));
  const empty = filling.tables
    .filter(({ columns }) => !columns.length)
    .map(({ wish }) =>
      emptyTable(
        wish,
        `${source.table.name}.${source.column.name}`,
        json.paths.map(({ path }) => path.join('.')).slice(0, 20),
      ),
    );
  if (!filled.length) return { ...nothing, questions: empty };
  const operation: DraftedOperation = {
    kind: 'extract_json',
    fields: fieldsOf(source, filled, filling),
    because: distinctly([...source.because, ...wishes]),
    comments: [...documentComments(json), ...columnComments(filled), remainderComment(filling)],
  };
  return {
    operations: [operation],
    questions: [...empty, ...questionsOf(source, filled, filling, json)],
    unsupported: indexes
      .filter((index) => !filled.some(({ columns }) => columns.some(({ name }) => onlyColumn(index) === name)))
      .flatMap((index) => cannot(index, 'create an index on a new table', LATER).unsupported),
  };
}

const SELDOM = 'Few documents have them, or what they hold is no single value.';
const UNNAMED = 'The page names no column for them.';
const LATER =
  'extract_json builds plain indexes of one column: add it by a create_index in a migration after this one.';

function questionsOf(
  source: JsonSource,
  filled: readonly FilledTable[],
  { tables, placed, open, left, remainder }: Filling,
  json: JsonStructure,
) {
  const said = source.because[0] ?? tables[0]?.wish ?? { text: '', line: null, block: null };
  const named = filled.map(({ wish, columns }) => ({ name: wish.table, columns }));
  const names = open.map(({ table }) => table);
  return [
    ...tables.flatMap(({ specified }) => specified.questions),
    ...tossUps(said, placed, names),
    ...defaultsMeant(said, named, json, `${source.table.name}.${source.column.name}`),
    ...strangers(said, named),
    ...keysLeft(
      said,
      left,
      json.rows,
      remainder && `${remainder.table.name}.${remainder.column}`,
      open.length ? SELDOM : UNNAMED,
    ),
  ];
}

function withIndexes(table: FilledTable, indexes: readonly IndexWish[]): FilledTable {
  const columns = table.columns.map((c): NamedColumn => {
    const asked = indexes.find((index) => index.table === table.wish.table && onlyColumn(index) === c.name);
    if (!asked) return c;
    const said = asked.line === null ? 'as the page says' : `as line ${asked.line} says`;
    return { ...c, fields: { ...c.fields, index: true }, comment: `${c.comment}; index: ${said}` };
  });
  return { ...table, columns };
}

/** The column of an index that `index: true` would build. */
const onlyColumn = ({ columns: [first, ...more], unique, method, include, where }: IndexWish) =>
  more.length || unique || method !== 'btree' || include.length || where !== null ? null : first;

function fieldsOf({ table, column }: JsonSource, tables: readonly FilledTable[], { remainder }: Filling) {
  const key = Object.assign({}, ...tables.map(({ specified }) => specified.key)) as Record<string, string>;
  return {
    ...{ table: tableRef(table.schema, table.name), column: column.name },
    ...(Object.keys(key).length ? { key } : {}),
    into: tables.map(({ relation, columns }) => ({
      table: tableRef(relation.schema, relation.name),
      columns: Object.fromEntries(columns.map(({ name, fields }) => [name, fields])),
    })),
    remainder: remainder
      ? { table: tableRef(remainder.table.schema, remainder.table.name), column: remainder.column }
      : 'reject',
  };
}

const columnComments = (tables: readonly FilledTable[]): Comment[] =>
  tables.flatMap(({ columns }, i) =>
    columns.map(({ name, comment }): Comment => ({ path: ['into', i, 'columns', name], text: comment })),
  );

const remainderComment = ({ remainder }: Filling): Comment => ({
  path: ['remainder'],
  text: remainder ? 'keys that no column takes' : 'no document has any other key',
});

/** Documents that are no objects have no keys to take. */
function documentComments({ documents: { arrays, scalars, unreadable }, rows, basis }: JsonStructure): Comment[] {
  const odd = arrays + scalars;
  const share = odd / rows < 0.001 ? '' : ` (${percent(odd / rows)})`;
  const lines = [
    `From ${basis}.`,
    ...(odd ? [`${odd} documents${share} are lists or single values: they wait in quarantine.`] : []),
    ...(unreadable ? [`${unreadable} documents cannot be read as jsonb.`] : []),
  ];
  return lines.map((text) => ({ path: [], text }));
}
