import type { AlterObjectSchemaStmt, ColumnRef, Node, ObjectType, RenameStmt } from '@pgsql/types';
import { as, nameOf } from '../nodes.ts';
import { objectName } from './drop.ts';
import { keyOf, type Relation } from './objects.ts';
import type { World } from './world.ts';

type Rename = (world: World, statement: RenameStmt & { readonly newname: string }) => void;

const relation: Rename = (world, { relation: named, newname }) => {
  if (named) renameRelation(world, named, newname);
};

const type: Rename = (world, { object, newname }) => {
  const known = object && world.findType(objectName(object));
  if (!known) return;
  world.types.delete(keyOf(known));
  world.types.set(keyOf({ ...known, name: newname }), { ...known, name: newname });
};

const renames: Partial<Record<ObjectType, Rename>> = {
  ...{ OBJECT_TABLE: relation, OBJECT_VIEW: relation, OBJECT_MATVIEW: relation, OBJECT_SEQUENCE: relation },
  ...{ OBJECT_FOREIGN_TABLE: relation, OBJECT_TYPE: type, OBJECT_DOMAIN: type },
  OBJECT_COLUMN: (world, { relation: named, subname = '', newname }) =>
    renameColumn(world, world.relation(named), subname, newname),
  OBJECT_TABCONSTRAINT: (world, { relation: named, subname = '', newname }) =>
    renameConstraint(world, world.relation(named), subname, newname),
  OBJECT_INDEX: (world, { relation: named, newname }) => {
    if (named) renameIndex(world, named, newname);
  },
};

export function rename(world: World, statement: RenameStmt): void {
  const { renameType, newname = '' } = statement;
  if (renameType) renames[renameType]?.(world, { ...statement, newname });
}

/** PostgreSQL lets ALTER TABLE rename an index too. */
function renameRelation(world: World, named: NonNullable<RenameStmt['relation']>, newname: string): void {
  if (!world.find(nameOf(named)) && world.findIndex(nameOf(named))) renameIndex(world, named, newname);
  else move(world, world.relation(named), { name: newname });
}

function renameIndex(world: World, named: NonNullable<RenameStmt['relation']>, newname: string): void {
  const index = world.findIndex(nameOf(named));
  if (!index) return;
  world.indexes.delete(keyOf(index));
  world.indexes.put({ ...index, name: newname });
}

export function setSchema(world: World, { objectType, relation, newschema = '' }: AlterObjectSchemaStmt): void {
  if (relation && objectType !== 'OBJECT_INDEX') move(world, world.relation(relation), { schema: newschema });
}

/** The same relation under another name; what points to it follows. */
function move(world: World, relation: Relation, to: { readonly name?: string; readonly schema?: string }): void {
  const moved = { ...relation, ...to };
  const [from, key] = [keyOf(relation), keyOf(moved)];
  for (const index of world.indexesOf(relation)) world.indexes.put({ ...index, table: key });
  world.relations.delete(from);
  world.put(moved);
  const follow = (old: string | null) => (old === from ? key : old);
  for (const other of [...world.relations.values()]) {
    if (!pointsTo(other, from)) continue;
    world.put({
      ...other,
      parent: follow(other.parent),
      defaultPartition: follow(other.defaultPartition),
      partitions: other.partitions.map((partition) => follow(partition) ?? ''),
      constraints: other.constraints.map((c) => ({ ...c, references: follow(c.references) })),
    });
  }
}

const pointsTo = (relation: Relation, key: string): boolean =>
  relation.parent === key ||
  relation.partitions.includes(key) ||
  relation.constraints.some(({ references }) => references === key);

function renameColumn(world: World, table: Relation, from: string, to: string): void {
  const swap = (name: string) => (name === from ? to : name);
  const inTree = (tree: Node | null) => tree && renamedIn(tree, from, to);
  world.put({
    ...table,
    columns: table.columns.map((column) => ({ ...column, name: swap(column.name) })),
    constraints: table.constraints.map((constraint) => ({
      ...{ ...constraint, columns: constraint.columns.map(swap), expression: inTree(constraint.expression) },
    })),
  });
  for (const index of world.indexesOf(table))
    world.indexes.put({
      ...index,
      columns: index.columns.map((name) => (name === null ? null : swap(name))),
      mentioned: index.mentioned.map(swap),
      where: inTree(index.where),
    });
}

/** An expression over the column's new name. */
const renamedIn = (tree: Node, from: string, to: string): Node =>
  JSON.parse(JSON.stringify(tree), (key, value: unknown) => {
    const last = key === 'ColumnRef' ? (value as ColumnRef).fields?.at(-1) : undefined;
    const name = as(last, 'String');
    if (name?.sval === from) name.sval = to;
    return value;
  }) as Node;

function renameConstraint(world: World, table: Relation, from: string, to: string): void {
  world.put({
    ...table,
    constraints: table.constraints.map((constraint) =>
      constraint.name === from ? { ...constraint, name: to } : constraint,
    ),
  });
}
