import type { Requirements, SpecifiedColumn } from '../spec/requirements.ts';
import { RENAME } from '../spec/phrases.ts';
import { typeOfPrisma } from './types.ts';
import type { Wish } from './wish.ts';

/** What tables of columns and Prisma models ask for, and columns that go while others of their type come, which are renames where the page says so. SQL is read by its statements. */
export function wishesInColumns(
  { title, facts, columns }: Requirements,
  isThere: (table: string) => boolean,
  hasColumn: (table: string, column: string) => boolean,
): Wish[] {
  const renaming = [title ?? '', ...facts.map(({ text }) => text)].some((text) => RENAME.test(text));
  const renames = renaming ? pairs(columns) : [];
  const taken = new Set(renames.flat());
  const own = columns.filter((c) => c.rule !== 'SQL' && !taken.has(c));
  const added = (table: string) => own.filter((c) => c.table === table && c.side === 'target' && c.change !== 'drop');
  const fresh = [...new Set(own.flatMap(({ table, side }) => (table === null || side === 'current' ? [] : [table])))];
  return [
    ...renames.map(([gone, come]): Wish => ({
      ...saidOf(gone, `${gone.column} → ${come.column}`),
      ...{ kind: 'rename_column', table: gone.table, from: gone.column, to: come.column },
    })),
    ...fresh
      .filter((table) => !isThere(table))
      .map((table): Wish => ({
        ...newTableSaid(table, added(table)),
        kind: 'new_table',
        table,
        columns: added(table),
      })),
    ...own.filter(({ table }) => table === null || isThere(table)).flatMap((c) => wishOf(c, columns, hasColumn)),
  ];
}

const newTableSaid = (table: string, columns: readonly SpecifiedColumn[]) => {
  const [first] = columns;
  return first ? saidOf(first, table) : { text: table, line: null, block: null };
};

/** A type as PostgreSQL calls it. */
export const typeOf = ({ type, rule }: SpecifiedColumn): string | null =>
  type === null || !rule.startsWith('Prisma') ? type : typeOfPrisma(type);

const nameOf = ({ table, column }: SpecifiedColumn) => (table === null ? column : `${table}.${column}`);

const saidOf = (c: SpecifiedColumn, text = [nameOf(c), c.type].filter(Boolean).join(' ')) => ({
  text,
  ...{ line: c.line, block: c.block },
});

function pairs(columns: readonly SpecifiedColumn[]): (readonly [SpecifiedColumn, SpecifiedColumn])[] {
  const taken = new Set<SpecifiedColumn>();
  return columns
    .filter(({ change }) => change === 'drop')
    .flatMap((gone) => {
      const come = columns.find(
        (c) =>
          c.change === 'add' &&
          c.table === gone.table &&
          !taken.has(c) &&
          (gone.type === null || c.type?.toLowerCase() === gone.type.toLowerCase()),
      );
      if (!come) return [];
      taken.add(come);
      return [[gone, come] as const];
    });
}

function wishOf(
  c: SpecifiedColumn,
  columns: readonly SpecifiedColumn[],
  hasColumn: (table: string, column: string) => boolean,
): Wish[] {
  const about = { table: c.table, column: c.column };
  if (c.change === 'drop') return [{ ...saidOf(c), kind: 'other', what: 'drop a column', ...about }];
  if (c.side === 'current') return [];
  if (c.change === 'add' || (c.table !== null && !hasColumn(c.table, c.column)))
    return [{ ...saidOf(c), kind: 'other', what: 'add a column', ...about }];
  const type = typeOf(c);
  if (type === null) return [];
  const was = columns.find((o) => o.side === 'current' && o.table === c.table && o.column === c.column);
  return [
    {
      ...saidOf(c, was?.type == null ? `${nameOf(c)} ${c.type ?? ''}` : `${nameOf(c)}: ${was.type} → ${c.type ?? ''}`),
      ...{ kind: 'change_column_type', ...about, type, was: was ? typeOf(was) : null, to: null, up: null, down: null },
    },
  ];
}
