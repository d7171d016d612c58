import type { ColumnDef, Constraint } from '@pgsql/types';
import { all, as, nameOf, strings } from './nodes.ts';
import { doesLater } from './outline.ts';
import { itemAt } from './places.ts';
import type { Context } from './rule.ts';
import type { Statement } from './statement.ts';
import type { Span } from './tokens.ts';
import { type ColumnType, serialBase, typeOf } from './world/column-type.ts';
import { constraintsOf } from './world/define-column.ts';
import { columnNamed, keyOf, type Relation } from './world/objects.ts';

/** A foreign key that a statement makes, on a table that may be new. */
export interface NewForeignKey {
  readonly constraint: Constraint;
  readonly columns: readonly string[];
  readonly table: Relation;
  readonly at: Span;
  /** The columns that the same statement makes. */
  readonly beside: readonly ColumnDef[];
}

export function newForeignKeys(context: Context): readonly NewForeignKey[] {
  const { node, world, statement, commands } = context;
  const create = as(node, 'CreateStmt');
  const beside = [...all(create?.tableElts, 'ColumnDef'), ...commands.flatMap(({ column }) => column ?? [])];
  const place = (location = 0) => itemAt(statement, statement.index(location));
  const table = create?.relation && {
    ...world.relation({ schema: null, name: '' }),
    ...world.qualify(nameOf(create.relation)),
    complete: true,
  };
  const created = (create?.tableElts ?? []).flatMap((element) => {
    const [column, constraint] = [as(element, 'ColumnDef'), as(element, 'Constraint')];
    if (column) return ofColumn(column).map((foreign) => ({ ...foreign, at: place(column.location) }));
    return constraint ? ofTable(constraint).map((foreign) => ({ ...foreign, at: place(constraint.location) })) : [];
  });
  const added = commands.flatMap(({ type, column, constraint, table: altered, at }) => [
    ...(type === 'AT_AddColumn' && column ? ofColumn(column) : []).map((f) => ({ ...f, table: altered, at, beside })),
    ...(type === 'AT_AddConstraint' && constraint ? ofTable(constraint) : []).map((f) => ({
      ...f,
      table: altered,
      at,
      beside,
    })),
  ]);
  return [...(table ? created.map((foreign) => ({ ...foreign, table, beside })) : []), ...added];
}

const isForeign = ({ contype }: Constraint): boolean => contype === 'CONSTR_FOREIGN';

const ofColumn = (column: ColumnDef) =>
  constraintsOf(column)
    .filter(isForeign)
    .map((constraint) => ({ constraint, columns: [column.colname ?? ''] }));

const ofTable = (constraint: Constraint) =>
  isForeign(constraint) ? [{ constraint, columns: strings(constraint.fk_attrs) }] : [];

/** The definition of a column beside the key, or what is known of it. */
export function columnOfKey(
  { beside, table }: NewForeignKey,
  name: string,
): { type: ColumnType | null; notNull: boolean | null } {
  const def = beside.find(({ colname }) => colname === name);
  if (!def) {
    const known = columnNamed(table, name);
    return { type: known?.type ?? null, notNull: known?.notNull ?? null };
  }
  const written = typeOf(def.typeName);
  const serial = serialBase(written);
  const never = ['CONSTR_NOTNULL', 'CONSTR_PRIMARY', 'CONSTR_IDENTITY'];
  const type = serial === null ? written : { schema: null, name: serial, modifiers: [], array: false };
  return { type, notNull: serial !== null || constraintsOf(def).some(({ contype }) => never.includes(contype ?? '')) };
}

/** An index of the table, made before or later in the file, begins with these columns. */
export function isCovered(context: Context, { columns, table }: NewForeignKey): boolean {
  const covers = (keys: readonly (string | null | undefined)[]) =>
    columns.every((column) => keys.slice(0, columns.length).includes(column));
  if (context.world.indexesOf(table).some((index) => index.where === null && covers(index.columns))) return true;
  const isTable = (relation: Parameters<typeof context.world.relation>[0]) =>
    relation !== undefined && keyOf(context.world.relation(relation)) === keyOf(table);
  const makes = ({ node }: Statement): boolean => {
    const [index, create, alter] = [as(node, 'IndexStmt'), as(node, 'CreateStmt'), as(node, 'AlterTableStmt')];
    if (index)
      return (
        isTable(index.relation) && !index.whereClause && covers(all(index.indexParams, 'IndexElem').map((k) => k.name))
      );
    if (create) return isTable(create.relation) && keysOf(create.tableElts).some(covers);
    const added = all(alter?.cmds, 'AlterTableCmd').flatMap(({ def }) => def ?? []);
    return alter !== undefined && isTable(alter.relation) && keysOf(added).some(covers);
  };
  const { name } = table;
  return (
    makes(context.statement) || (['indexes', 'gives'] as const).some((deed) => doesLater(context, [deed, name], makes))
  );
}

/** The columns of primary keys and unique constraints. */
const keysOf = (elements: Parameters<typeof all>[0]): readonly (readonly string[])[] => [
  ...all(elements, 'Constraint')
    .filter(isUnique)
    .map(({ keys }) => strings(keys)),
  ...all(elements, 'ColumnDef')
    .filter((column) => constraintsOf(column).some(isUnique))
    .map(({ colname }) => [colname ?? '']),
];

const isUnique = ({ contype }: Constraint): boolean => contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY';
