import type { Node, ObjectType } from '@pgsql/types';
import { objectName, tableOfPart } from './world/drop.ts';
import type { Origin } from './world/objects.ts';
import type { World } from './world/world.ts';

/** When a statement of the files created what a DROP or ALTER names; undefined when none did. */
export function originOf(world: World, kind: ObjectType | undefined, object: Node): Origin | undefined {
  const name = objectName(object);
  switch (kind) {
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      return world.findType(name)?.origin;
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
    case 'OBJECT_AGGREGATE':
      return world.findRoutine(name)?.origin;
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      return world.relation(tableOfPart(object)).origin;
    case 'OBJECT_INDEX':
      return world.findIndex(name)?.origin;
    case 'OBJECT_SCHEMA':
    case 'OBJECT_EXTENSION':
    case 'OBJECT_PUBLICATION':
      return world.others.get(`${kind} ${name.name}`);
    default:
      return world.find(name)?.origin;
  }
}

export const isNewObject = (world: World, kind: ObjectType | undefined, object: Node): boolean => {
  const origin = originOf(world, kind, object);
  return origin !== undefined && world.isNew(origin);
};
