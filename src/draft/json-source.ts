import type { Table, Column } from '../catalog/catalog.ts';
import type { Requirements } from '../spec/requirements.ts';
import { RENAME } from '../spec/phrases.ts';
import { columnCalled, splitName, tablesCalled } from './look-up.ts';
import { distinctly, type Said } from './draft.ts';
import { isJson, listed, type World } from './world.ts';
import type { WishOf } from './wish.ts';

export interface JsonSource {
  readonly table: Table;
  readonly column: Column;
  /** The specification names the column itself. */
  readonly named: boolean;
  readonly because: readonly Said[];
}

/** The JSON columns that new tables may be made of: those that the specification names, else those of the tables it names. */
export function jsonSources(
  { facts, columns, sql }: Requirements,
  { catalog }: Pick<World, 'catalog'>,
): readonly JsonSource[] {
  const spoken = [
    ...facts
      .filter(({ slot }) => !['exclusions', 'alternatives', 'questions'].includes(slot))
      .flatMap(({ names, ...said }) => names.map(({ name }) => ({ name, said }))),
    ...columns
      .filter(({ side }) => side === 'current')
      .map((c) => ({
        name: c.table === null ? c.column : `${c.table}.${c.column}`,
        said: { text: [c.column, c.type].filter(Boolean).join(' '), line: c.line, block: c.block },
      })),
  ];
  const all = catalog.tables.flatMap((table) => table.columns.filter(isJson).map((column) => ({ table, column })));
  const sources = all.map(({ table, column }): JsonSource => {
    const because = spoken.filter(({ name }) => means(name, table, column)).map(({ said }) => said);
    return { table, column, named: because.length > 0, because: distinctly(because) };
  });
  const named = sources.filter((source) => source.named);
  return named.length || !(sql.length || columns.length) ? named : sources;
}

function means(name: string, table: Table, column: Column): boolean {
  const plain = listed(table);
  if (columnCalled(plain, name) === column.name) return true;
  return splitName(name).some(
    (part) => tablesCalled([plain], part.table).length > 0 && columnCalled(plain, part.column) === column.name,
  );
}

/** Tables that sentences ask for, and that are not there yet. */
export function newTablesSaid(
  { facts }: Requirements,
  isThere: (name: string) => boolean,
): readonly WishOf<'new_table'>[] {
  const asked = facts.filter(
    ({ slot, text }) => ['target', 'functional', 'summary', 'rollout'].includes(slot) && !RENAME.test(text),
  );
  const named = asked.flatMap(({ names, text, line, block }) =>
    names
      .filter(({ kind, name }) => kind === 'table' && !isThere(name))
      .map(({ name }): WishOf<'new_table'> => ({
        ...{ text, line, block },
        kind: 'new_table',
        table: name,
        columns: [],
      })),
  );
  return named.filter(({ table }, i) => named.findIndex((other) => other.table === table) === i);
}
