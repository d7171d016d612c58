import type { AlterTableCmd, AlterTableStmt, Node } from '@pgsql/types';
import { all, as, nameOf } from '../nodes.ts';
import { typeOf } from './column-type.ts';
import { addPartition } from './create-table.ts';
import { addColumn, addConstraint, merged, unknownColumn, withAdded } from './define-column.ts';
import { type Column, columnNamed, keyOf, type Relation, type TableConstraint } from './objects.ts';
import type { World } from './world.ts';

export function alterTable(world: World, { relation, cmds, objtype, missing_ok: missingOk }: AlterTableStmt): void {
  if (!relation || objtype === 'OBJECT_INDEX' || objtype === 'OBJECT_TYPE') return;
  if (missingOk && !world.find(nameOf(relation))) return;
  for (const command of all(cmds, 'AlterTableCmd')) alter(world, world.relation(relation), command);
}

/** `ALTER COLUMN … TYPE` as a statement of what is there, unless that is known. */
export function assumeType(world: World, node: Node): void {
  const { relation, cmds } = as(node, 'AlterTableStmt') ?? {};
  if (!relation) return;
  for (const command of all(cmds, 'AlterTableCmd')) {
    const table = world.relation(relation);
    if (!columnNamed(table, command.name ?? '')?.type) alter(world, table, command);
  }
}

type Change = (world: World, table: Relation, command: AlterTableCmd) => void;

const changes: Partial<Record<NonNullable<AlterTableCmd['subtype']>, Change>> = {
  AT_AddColumn(world, table, { def, missing_ok: ifNotExists }) {
    const column = as(def, 'ColumnDef');
    if (!column || (ifNotExists && columnNamed(table, column.colname ?? ''))) return;
    include(world, table, addColumn(world, table, column));
  },
  AT_DropColumn: (world, table, { name = '' }) => {
    for (const constraint of table.constraints)
      if (constraint.index !== null && constraint.columns.includes(name)) world.indexes.delete(constraint.index);
    for (const index of world.indexesOf(table))
      if (index.columns.includes(name) || index.mentioned.includes(name)) world.indexes.delete(keyOf(index));
    world.put({
      ...table,
      columns: table.columns.filter((column) => column.name !== name),
      constraints: table.constraints.filter((constraint) => !constraint.columns.includes(name)),
    });
  },
  AT_AddConstraint: (world, table, { def }) => {
    const constraint = as(def, 'Constraint');
    if (constraint) include(world, table, merged(addConstraint(world, table, constraint, null)));
  },
  AT_ValidateConstraint: (world, table, { name }) => {
    const validated = table.constraints.find((constraint) => constraint.name === name);
    const constraints = table.constraints.map((c) => (c === validated ? { ...c, validated: true } : c));
    const next = { ...table, constraints };
    world.put(
      validated?.kind === 'not-null'
        ? changed(next, validated.columns[0] ?? '', { notNull: true, notNullSince: world.now })
        : next,
    );
  },
  AT_DropConstraint: (world, table, { name = '' }) => dropConstraint(world, table, name),
  AT_SetNotNull: (world, table, { name = '' }) =>
    world.put(changed(table, name, { notNull: true, notNullSince: world.now })),
  AT_DropNotNull: (world, table, { name = '' }) =>
    world.put({
      ...changed(table, name, { notNull: false }),
      constraints: table.constraints.filter((c) => !(c.kind === 'not-null' && c.columns[0] === name)),
    }),
  AT_ColumnDefault: (world, table, { name = '', def }) => world.put(changed(table, name, { default: def ?? null })),
  AT_AlterColumnType: (world, table, { name = '', def }) =>
    world.put(changed(table, name, { type: typeOf(as(def, 'ColumnDef')?.typeName) })),
  AT_AddIdentity: (world, table, { name = '' }) => world.put(changed(table, name, { identity: true })),
  AT_DropIdentity: (world, table, { name = '' }) => world.put(changed(table, name, { identity: false })),
  AT_DropExpression: (world, table, { name = '' }) => world.put(changed(table, name, { generated: null })),
  AT_EnableRowSecurity: (world, table) => world.put({ ...table, rowSecurity: true }),
  AT_DisableRowSecurity: (world, table) => world.put({ ...table, rowSecurity: false }),
  AT_AttachPartition: (world, table, { def }) => {
    const partition = as(def, 'PartitionCmd');
    if (!partition?.name) return;
    const child = world.relation(partition.name);
    world.put({ ...child, parent: keyOf(table) });
    addPartition(world, keyOf(table), keyOf(child), partition.bound?.is_default === true);
  },
  AT_DetachPartition: (world, table, { def }) => {
    const partition = as(def, 'PartitionCmd')?.name;
    if (!partition) return;
    const child = world.relation(partition);
    const key = keyOf(child);
    world.put({ ...child, parent: null });
    world.put({
      ...table,
      partitions: table.partitions.filter((other) => other !== key),
      defaultPartition: table.defaultPartition === key ? null : table.defaultPartition,
    });
  },
};

function alter(world: World, table: Relation, command: AlterTableCmd): void {
  if (command.subtype) changes[command.subtype]?.(world, table, command);
}

function include(world: World, table: Relation, added: ReturnType<typeof addColumn>): void {
  for (const constraint of added.constraints) absorb(world, table, constraint);
  for (const index of added.indexes) world.indexes.put(index);
  world.put(withAdded(world, table, added));
}

/** A constraint made USING INDEX renames the index to its own name. */
function absorb(world: World, table: Relation, { columns, index }: TableConstraint): void {
  if (index === null) return;
  const old = world.indexesOf(table).find((other) => other.constraint === null && sameColumns(other.columns, columns));
  if (old && keyOf(old) !== index && !world.indexes.get(index)) world.indexes.delete(keyOf(old));
}

const sameColumns = (a: readonly (string | null)[], b: readonly string[]) => a.join() === b.join();

function dropConstraint(world: World, table: Relation, name: string): void {
  const dropped = table.constraints.find((constraint) => constraint.name === name);
  if (!dropped) return;
  if (dropped.index !== null) world.indexes.delete(dropped.index);
  const next = { ...table, constraints: table.constraints.filter((constraint) => constraint !== dropped) };
  world.put(dropped.kind === 'not-null' ? changed(next, dropped.columns[0] ?? '', { notNull: false }) : next);
}

function changed(table: Relation, name: string, change: Partial<Column>): Relation {
  const known = columnNamed(table, name);
  return {
    ...table,
    columns: known
      ? table.columns.map((column) => (column === known ? { ...column, ...change } : column))
      : [...table.columns, { ...unknownColumn(name), ...change }],
  };
}

/** The options of `SET (…)` and of identity columns. */
export const optionList = (def: Node | undefined): readonly Node[] => as(def, 'List')?.items ?? [];
