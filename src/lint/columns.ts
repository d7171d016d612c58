import type { ColumnDef, Constraint, Node } from '@pgsql/types';
import { isOld, oldCommands } from './context.ts';
import { all, as, constantOf, nameOf, strings } from './nodes.ts';
import { itemAt } from './places.ts';
import type { Command, Context, Subject } from './rule.ts';
import type { Span } from './tokens.ts';
import { type ColumnType, typeOf } from './world/column-type.ts';
import { constraintsOf } from './world/define-column.ts';
import { columnNamed, type Relation } from './world/objects.ts';

/** A column that a statement makes. */
export interface NewColumn {
  readonly def: ColumnDef;
  readonly name: string;
  readonly at: Span;
}

/** The statements that define columns and the constraints of tables. */
export const columnKinds: readonly Subject[] = ['CreateStmt', 'AT_AddColumn', 'AT_AlterColumnType', 'AT_AddConstraint'];

/** The columns of a CREATE TABLE or an ALTER TABLE, also of tables nobody uses yet; those of temporary tables are left out. */
export function newColumns({ node, statement, commands }: Context): readonly NewColumn[] {
  const create = as(node, 'CreateStmt');
  if (create?.relation?.relpersistence === 't') return [];
  const created = all(create?.tableElts, 'ColumnDef').map((def) => ({
    ...{ def, name: def.colname ?? '' },
    get at() {
      return itemAt(statement, statement.index(def.location ?? 0));
    },
  }));
  const added = commands.flatMap((command) => {
    const { type, column: def, table } = command;
    if (type !== 'AT_AddColumn' || !def || table.temporary) return [];
    return [{ def, name: def.colname ?? '', at: command.at }];
  });
  return [...created, ...added];
}

export interface AddedColumn extends NewColumn {
  readonly command: Command;
  readonly table: Relation;
}

/** The columns that are added to tables in use. */
export const addedColumns = (context: Context): readonly AddedColumn[] =>
  oldCommands(context, 'AT_AddColumn').flatMap((command) => {
    const { column: def, table, at } = command;
    return def ? [{ def, name: def.colname ?? '', at, command, table }] : [];
  });

export const has = (def: ColumnDef, contype: Constraint['contype']): boolean =>
  constraintsOf(def).some((constraint) => constraint.contype === contype);

/** What rows that are there get; undefined when that is NULL. */
export function defaultOf(def: ColumnDef): Node | undefined {
  const value = constraintsOf(def).find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr;
  return constantOf(value) === null ? undefined : value;
}

/** The columns of a CREATE TABLE's primary key. */
export function keyColumns(context: Context): readonly string[] {
  const create = as(context.node, 'CreateStmt');
  const inline = all(create?.tableElts, 'ColumnDef').filter((def) => has(def, 'CONSTR_PRIMARY'));
  const key = all(create?.tableElts, 'Constraint').find(({ contype }) => contype === 'CONSTR_PRIMARY');
  return key ? strings(key.keys) : inline.map(({ colname }) => colname ?? '');
}

/** A column that this file added: nobody reads it yet. */
export const isNewColumn = (context: Context, table: Relation, name: string): boolean => {
  const column = columnNamed(table, name);
  return column !== undefined && !isOld(context, column);
};

export const tableName = (context: Context): string => nameOf(as(context.node, 'CreateStmt')?.relation ?? {}).name;

/** The type that a column gets, new or changed, with its place. */
export interface TypedColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly at: Span;
}

export function typedColumns(context: Context): readonly TypedColumn[] {
  const changed = context.commands.flatMap(({ type, column: def, name, at }) =>
    type === 'AT_AlterColumnType' && def ? [{ def, name, at }] : [],
  );
  return [...newColumns(context), ...changed].flatMap(({ def, name, at }) => {
    const type = typeOf(def.typeName);
    if (type === null || type.schema !== null) return [];
    return [{ name, type, at }];
  });
}
