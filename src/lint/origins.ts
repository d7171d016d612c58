import type { Node, ObjectType } from '@pgsql/types';
import type { Name } from './nodes.ts';
import { objectName, tableOfPart } from './world/drop.ts';
import type { Origin } from './world/objects.ts';
import type { World } from './world/world.ts';

type Find = (world: World, name: Name, object: Node) => Origin | undefined;

const type: Find = (world, name) => world.findType(name)?.origin;
const routine: Find = (world, name) => world.findRoutine(name)?.origin;
const part: Find = (world, _, object) => world.relation(tableOfPart(object)).origin;

const finders: Partial<Record<ObjectType, Find>> = {
  ...{ OBJECT_TYPE: type, OBJECT_DOMAIN: type },
  ...{ OBJECT_FUNCTION: routine, OBJECT_PROCEDURE: routine, OBJECT_ROUTINE: routine, OBJECT_AGGREGATE: routine },
  ...{ OBJECT_TRIGGER: part, OBJECT_POLICY: part, OBJECT_RULE: part },
  OBJECT_INDEX: (world, name) => world.findIndex(name)?.origin,
  OBJECT_SCHEMA: (world, { name }) => world.others.get(`OBJECT_SCHEMA ${name}`),
  OBJECT_EXTENSION: (world, { name }) => world.others.get(`OBJECT_EXTENSION ${name}`),
};

/** When a statement of the files created what a DROP or ALTER names; undefined when none did. */
function originOf(world: World, kind: ObjectType | undefined, object: Node): Origin | undefined {
  const name = objectName(object);
  const find = kind && finders[kind];
  return find ? find(world, name, object) : world.find(name)?.origin;
}

export const isNewObject = (world: World, kind: ObjectType | undefined, object: Node): boolean => {
  const origin = originOf(world, kind, object);
  return origin !== undefined && world.isNew(origin);
};
