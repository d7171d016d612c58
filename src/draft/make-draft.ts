import type { Catalog, Table } from '../catalog/catalog.ts';
import type { ListedTable } from '../catalog/listed-table.ts';
import { answeredByDatabase } from '../spec/clarifications.ts';
import type { Clarification, Requirements } from '../spec/requirements.ts';
import { contradictions } from './contradictions.ts';
import { distinctly, type DraftedOperation, type Findings, together, type Unsupported } from './draft.ts';
import { jsonSources, newTablesSaid } from './json-source.ts';
import { columnCalled, tablesCalled } from './look-up.ts';
import { settleNewTables } from './new-tables.ts';
import { wishesInProse } from './prose.ts';
import { settle } from './settle.ts';
import { wishesInColumns } from './specified.ts';
import { wishesInSql } from './statements.ts';
import type { World } from './world.ts';
import type { Wish, WishOf } from './wish.ts';

/** What a specification asks for in this database: operations, what has to be asked first, and what nothing does yet. */
export function makeDraft(requirements: Requirements, world: World): Findings {
  const wishes = wishesOf(requirements, world);
  const tables = merged([...wishes.filter(isNewTable), ...newTablesSaid(requirements, isThere(world))]);
  const onNew = (wish: Wish): wish is WishOf<'create_index'> =>
    wish.kind === 'create_index' && tables.some(({ table }) => table === wish.table);
  const extracted = settleNewTables(tables, wishes.filter(onNew), requirements, world);
  const onOld = wishes.filter(isSettled).filter((wish) => !onNew(wish));
  const settled = together([extracted, ...onOld.map((wish) => settle(wish, world))]);
  const operations = mergedOperations(settled.operations);
  const others = wishes.filter((wish) => wish.kind === 'other' && !isMet(wish, operations, requirements, wishes));
  const unmet = together(others.map((wish) => settle(wish as WishOf<'other'>, world))).unsupported;
  return {
    operations,
    questions: once(
      [
        ...contradictions(requirements, world),
        ...settled.questions,
        ...requirements.clarifications.filter(isForPeople),
      ],
      ({ question }) => question,
    ),
    unsupported: once([...settled.unsupported, ...unmet], ({ what, text, line }: Unsupported) =>
      [what, text, line].join('\0'),
    ),
  };
}

/** The database answers what is missing on the page about the schema as it is. */
const isForPeople = ({ text, assumption }: Clarification): boolean =>
  text !== '' || !answeredByDatabase.has(assumption);

/** The JSON columns whose structure has to be known, because new tables may be made of them. */
export function columnsToRead(
  requirements: Requirements,
  tables: readonly ListedTable[],
  catalog: Catalog,
): readonly { readonly table: Table; readonly column: string }[] {
  const world = { tables, catalog };
  const wanted = [...wishesOf(requirements, world).filter(isNewTable), ...newTablesSaid(requirements, isThere(world))];
  return wanted.length
    ? jsonSources(requirements, world).map(({ table, column }) => ({ table, column: column.name }))
    : [];
}

/** Every change that the page asks for, however it says so. */
function wishesOf(requirements: Requirements, world: Names): readonly Wish[] {
  const known = {
    column: (word: string) => world.catalog.tables.some(({ columns }) => columns.some(({ name }) => name === word)),
    table: (word: string) => world.tables.some(({ name, schema }) => name === word || `${schema}.${name}` === word),
  };
  return [
    ...wishesInSql(requirements),
    ...wishesInColumns(requirements, isThere(world), hasColumn(world)),
    ...wishesInProse(requirements, known),
  ];
}

const hasColumn =
  ({ tables }: Pick<World, 'tables'>) =>
  (table: string, column: string): boolean =>
    tablesCalled(tables, table).some((one) => columnCalled(one, column) !== null);

type Names = Pick<World, 'tables' | 'catalog'>;

const isThere =
  ({ tables }: Pick<World, 'tables'>) =>
  (name: string): boolean =>
    tablesCalled(tables, name).length > 0;

const isNewTable = (wish: Wish): wish is WishOf<'new_table'> => wish.kind === 'new_table';

const isSettled = (wish: Wish): wish is Exclude<Wish, WishOf<'new_table' | 'other'>> =>
  wish.kind !== 'new_table' && wish.kind !== 'other';

/** One wish for each table: the one that says its columns. */
const merged = (wishes: readonly WishOf<'new_table'>[]): readonly WishOf<'new_table'>[] =>
  [...new Set(wishes.map(({ table }) => table))].flatMap(
    (table) => wishes.find((w) => w.table === table && w.columns.length) ?? wishes.find((w) => w.table === table) ?? [],
  );

/** The same operation, asked for in several places. */
function mergedOperations(operations: readonly DraftedOperation[]): readonly DraftedOperation[] {
  const groups = new Map<string, DraftedOperation[]>();
  for (const one of operations) {
    const key = JSON.stringify([one.kind, one.fields]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap(([first, ...more]) =>
    first ? [{ ...first, because: distinctly([first, ...more].flatMap(({ because }) => because)) }] : [],
  );
}

/** Adding and dropping columns is what the operations that replace a column do themselves; so are the steps of a rollout. */
function isMet(
  wish: WishOf<'other'>,
  operations: readonly DraftedOperation[],
  { facts }: Requirements,
  wishes: readonly Wish[],
): boolean {
  const replacing = operations.filter(({ kind }) => kind !== 'create_index');
  if (!replacing.length) return false;
  const parts = /^(?:add|drop) a column$/u.test(wish.what);
  const names = replacing.flatMap(({ fields }) => [fields['column'], fields['from'], fields['to'], fields['end_as']]);
  const rename = wishes.some(
    (w) => w.kind === 'rename_column' && w.table === wish.table && [w.from, w.to].includes(wish.column ?? ''),
  );
  const rollout = facts.some(({ slot, text, line }) => slot === 'rollout' && text === wish.text && line === wish.line);
  return (
    parts &&
    (rollout ||
      rename ||
      (wish.column !== null && names.includes(wish.column)) ||
      /\b(?:old|new) column\b/iu.test(wish.text))
  );
}

const once = <T>(all: readonly T[], keyOf: (one: T) => string): readonly T[] =>
  [...new Map(all.map((one) => [keyOf(one), one] as const).reverse()).values()].reverse();
