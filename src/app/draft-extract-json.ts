import { Document, YAMLMap } from 'yaml';
import type { Catalog, Table } from '../catalog/catalog.ts';
import type { JsonPath, JsonStructure } from '../catalog/json-structure.ts';
import { columnNamesOf, migrationNameFrom, tableRef, uniqueNames } from '../draft/names.ts';
import { printable } from '../draft/printable.ts';
import { singular } from '../sql/names.ts';

interface DraftTable {
  /** The object its columns are read from. */
  readonly stem: readonly string[];
  readonly columns: JsonPath[];
}

/** The keys that are neither rare nor hard to map, as an `extract_json`; everything else goes to a column of its own. null when no key is left. */
export function draftExtractJson(catalog: Catalog, source: Table, column: string, json: JsonStructure): string | null {
  const { tables, complete } = arrange(json);
  const [first] = tables;
  if (!first) return null;
  const tableNames = uniqueNames((name) => catalog.has({ schema: source.schema, name }));
  const named = tables.map((t) => ({
    ...t,
    name: tableNames([...(t.stem.length ? t.stem.map(singular) : [singular(source.name)]), column]),
    columnNames: columnNamesOf(source),
  }));
  const doc = new Document({}, { aliasDuplicateObjects: false });
  const into = named.map(({ name, stem, columns, columnNames }) => {
    const fields = new YAMLMap();
    for (const path of columns)
      fields.add(doc.createPair(columnNames(path.path.slice(stem.length)), columnNode(doc, path)));
    return new Map<string, unknown>([
      ['table', tableRef(source.schema, name)],
      ['columns', fields],
    ]);
  });
  const home = named[0];
  const remainder =
    complete || !home ? 'reject' : { table: tableRef(source.schema, home.name), column: home.columnNames(['other']) };
  const operation = { table: tableRef(source.schema, source.name), column, into, remainder };
  doc.contents = doc.createNode({
    version: 1,
    name: migrationNameFrom(`${source.name}-${column}`),
    operations: [{ extract_json: operation }],
  });
  return printable(doc);
}

/** Nested objects with two scalar keys or more become tables of their own; fewer are columns of the table around them. */
function arrange({ paths, pathCount, sampled }: JsonStructure): { tables: readonly DraftTable[]; complete: boolean } {
  const root: DraftTable = { stem: [], columns: [] };
  const tables = [root];
  let complete = !sampled && pathCount === paths.length;
  const visit = (parent: readonly string[], home: DraftTable) => {
    const below = childrenOf(paths, parent);
    for (const path of below) {
      if (!path.rare && isScalar(path)) home.columns.push(path);
      else if (!path.rare && isObject(path)) {
        const own = childrenOf(paths, path.path).filter((p) => !p.rare && isScalar(p)).length >= 2;
        const next = own ? { stem: path.path, columns: [] } : home;
        if (own) tables.push(next);
        if (path.types.object + path.types.null < path.rows) complete = false;
        visit(path.path, next);
      } else complete = false;
    }
    if (!below.length && parent.length) complete = false;
  };
  visit([], root);
  return { tables: tables.filter((t) => t.columns.length > 0), complete };
}

const childrenOf = (paths: readonly JsonPath[], parent: readonly string[]): readonly JsonPath[] =>
  paths.filter((p) => p.path.length === parent.length + 1 && parent.every((key, i) => p.path[i] === key));

const isScalar = (p: JsonPath) => p.suggested !== 'jsonb';

const isObject = ({ types }: JsonPath) => types.object > types.array + types.string + types.number + types.boolean;

function columnNode(doc: Document, { path, suggested, share, misfits }: JsonPath) {
  const plain = path.every((key) => key !== '' && !key.includes('.'));
  const node = doc.createNode({ type: suggested, from: plain ? path.join('.') : [...path] }, { flow: true });
  node.comment = ` in ${Math.round(share * 1000) / 10} % of rows${misfits ? `, ${misfits} do not cast` : ''}`;
  return node;
}
