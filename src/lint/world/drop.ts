import type { DropStmt, Node, ObjectType } from '@pgsql/types';
import { as, type Name, nameIn, nameOfType } from '../nodes.ts';
import { type Index, keyOf, type Relation } from './objects.ts';
import type { World } from './world.ts';

/** The names of what a DROP or a COMMENT is about. */
export function objectName(node: Node): Name {
  const list = as(node, 'List');
  if (list) return nameIn(list.items);
  const type = as(node, 'TypeName');
  if (type) return nameOfType(type);
  const routine = as(node, 'ObjectWithArgs');
  if (routine) return nameIn(routine.objname);
  return { schema: null, name: as(node, 'String')?.sval ?? '' };
}

/** For triggers, policies and rules: the table they are on. */
export function tableOfPart(node: Node): Name {
  const items = as(node, 'List')?.items ?? [];
  return nameIn(items.slice(0, -1));
}

type Drop = (world: World, name: Name, object: Node) => void;

const relation: Drop = (world, name) => dropRelation(world, world.find(name));

const drops: Partial<Record<ObjectType, Drop>> = {
  ...{ OBJECT_TABLE: relation, OBJECT_VIEW: relation, OBJECT_MATVIEW: relation, OBJECT_SEQUENCE: relation },
  ...{ OBJECT_FOREIGN_TABLE: relation, OBJECT_TYPE: dropType, OBJECT_DOMAIN: dropType },
  OBJECT_INDEX: (world, name) => dropIndex(world, world.findIndex(name)),
  OBJECT_SCHEMA: (world, { name }) => dropSchema(world, name),
  OBJECT_EXTENSION: (world, { name }) => world.others.delete(`OBJECT_EXTENSION ${name}`),
  OBJECT_POLICY: (world, { name }, object) => {
    const table = world.relation(tableOfPart(object));
    world.put({ ...table, policies: table.policies.filter((policy) => policy !== name) });
  },
};

export function drop(world: World, { removeType, objects = [] }: DropStmt): void {
  for (const object of objects) if (removeType) drops[removeType]?.(world, objectName(object), object);
}

function dropRelation(world: World, relation: Relation | undefined): void {
  if (!relation) return;
  for (const index of world.indexesOf(relation)) world.indexes.delete(keyOf(index));
  world.relations.delete(keyOf(relation));
}

function dropIndex(world: World, index: Index | undefined): void {
  if (index) world.indexes.delete(keyOf(index));
}

function dropType(world: World, name: Name): void {
  const type = world.findType(name);
  if (type) world.types.delete(keyOf(type));
}

function dropSchema(world: World, schema: string): void {
  for (const [key, relation] of [...world.relations.entries()])
    if (relation.schema === schema) world.relations.delete(key);
  for (const [key, type] of [...world.types.entries()]) if (type.schema === schema) world.types.delete(key);
  world.others.delete(`OBJECT_SCHEMA ${schema}`);
}
