import type { Catalog, Column, Table } from '../catalog/catalog.ts';
import type { JsonStructure } from '../catalog/json-structure.ts';
import type { ListedTable } from '../catalog/listed-table.ts';
import type { Requirements } from '../spec/requirements.ts';
import type { RelationName } from '../sql/sql.ts';
import { type Said, ask, type Findings, nothing } from './draft.ts';
import { columnCalled, splitName, tablesCalled } from './look-up.ts';

/** What is known of the database. */
export interface World {
  /** Every table, by name. */
  readonly tables: readonly ListedTable[];
  /** The tables that the specification may be about. */
  readonly catalog: Catalog;
  readonly structureOf: (table: RelationName, column: string) => JsonStructure | null;
}

/** The tables that are named in a specification, in code spans or in its words, or that have a column that is. */
export function mentioned(
  { title, facts, columns, sql }: Requirements,
  tables: readonly ListedTable[],
): readonly ListedTable[] {
  const spoken = [
    ...facts.flatMap(({ names }) => names.map(({ name }) => name)),
    ...columns.flatMap((c) => c.table ?? []),
  ];
  const readings = spoken.flatMap((name) => [name, ...splitName(name).map(({ table }) => table)]);
  const text = [title ?? '', ...facts.map((fact) => fact.text), ...sql.map((one) => one.sql)].join('\n').toLowerCase();
  const words = new Set(text.match(/[\p{L}\p{N}_$]+/gu) ?? []);
  const named = tables.filter((table) => words.has(table.name.toLowerCase()));
  const called = readings.flatMap((name) => tablesCalled(tables, name));
  const byTable = [...new Set([...called, ...named])];
  if (byTable.length) return byTable;
  return tables.filter((table) => spoken.some((name) => table.columns.includes(name)));
}

/** A column that somebody names, or why it is not clear which. */
export type Found =
  | { readonly table: Table; readonly column: Column; readonly findings: Findings }
  | { readonly table: null; readonly findings: Findings };

/** The column that a specification means. Without a table it is the only one of that name among the tables it speaks of. */
export function findColumn(world: World, table: string | null, column: string, said: Said): Found {
  const { catalog } = world;
  const candidates = table === null ? catalog.tables.map(listed) : tablesCalled(catalog.tables.map(listed), table);
  const having = candidates.flatMap((t) => {
    const name = columnCalled(t, column);
    return name === null ? [] : [{ table: catalog.table(t), name }];
  });
  const [only, second] = having;
  const full = table === null ? column : `${table}.${column}`;
  if (only && second) {
    const names = having.map((h) => `${h.table.schema}.${h.table.name}.${h.name}`).join(' or ');
    return unclear(said, `Which column is ${full}: ${names}?`, 'Several tables have it.');
  }
  if (only) return { table: only.table, column: catalog.column(only.table, only.name), findings: nothing };
  if (table !== null && !candidates.length)
    return unclear(said, `There is no table ${table} in this database: which one is meant?`, 'It cannot be changed.');
  const there = candidates.length === 1 ? `: it has ${candidates[0]?.columns.join(', ') ?? ''}` : '';
  return unclear(said, `There is no column ${full}${there}. Which one is meant?`, 'It cannot be changed.');
}

export const listed = (table: Table): ListedTable => ({
  ...{ schema: table.schema, name: table.name, columns: table.columns.map(({ name }) => name) },
  json: table.columns.filter(isJson).map(({ name }) => name),
});

export const isJson = ({ baseType }: Column): boolean => baseType === 'json' || baseType === 'jsonb';

const unclear = (said: Said, question: string, impact: string): Found => ({
  table: null,
  findings: { ...nothing, questions: [ask(said, question, impact, 'Nothing is drafted for it.')] },
});
