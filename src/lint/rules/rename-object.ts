import type { ObjectType, RenameStmt } from '@pgsql/types';
import { givenLater } from '../named.ts';
import { as, type Name, nameOf } from '../nodes.ts';
import { isNewObject } from '../origins.ts';
import type { Rule } from '../rule.ts';
import { objectName } from '../world/drop.ts';
import { shown } from '../world/objects.ts';
import type { World } from '../world/world.ts';

const kinds: Partial<Record<ObjectType, string>> = {
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_ROUTINE: 'routine',
  OBJECT_AGGREGATE: 'aggregate',
};

export const renameObject: Rule = {
  id: 'rename-object',
  severity: 'warning',
  summary: 'A view, sequence, type or function is renamed.',
  why: 'Queries, functions and clients that name it fail from that moment. Create it under the new name too, move the callers, and drop the old one.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'whoever uses the old name, from then on',
  bad: [
    'ALTER VIEW totals RENAME TO sums',
    'ALTER TYPE mood RENAME TO feeling',
    'ALTER FUNCTION total(int) RENAME TO sum_of',
    'ALTER SEQUENCE shop.numbers RENAME TO ids',
  ],
  good: [
    'CREATE VIEW totals AS SELECT 1 AS n; ALTER VIEW totals RENAME TO sums',
    'BEGIN; ALTER VIEW totals RENAME TO sums; CREATE VIEW totals AS SELECT 1 AS n; COMMIT',
    "CREATE TYPE mood AS ENUM ('ok'); ALTER TYPE mood RENAME TO feeling",
    'ALTER INDEX orders_by_day RENAME TO orders_day',
  ],
  on: ['RenameStmt'],
  *check(context) {
    const rename = as(context.node, 'RenameStmt');
    const kind = rename?.renameType && kinds[rename.renameType];
    if (!rename || kind === undefined || isNew(context.world, rename)) return;
    const name = oldName(rename);
    if (givenLater(context, name.name).length > 0) return;
    const isType = rename.renameType === 'OBJECT_TYPE' || rename.renameType === 'OBJECT_DOMAIN';
    yield {
      message: `Whatever names the ${kind} ${shown(name)} fails from now on.`,
      ...(isType && { lock: null }),
    };
  },
};

const oldName = ({ relation, object }: RenameStmt): Name =>
  relation ? nameOf(relation) : object ? objectName(object) : { schema: null, name: '' };

const isNew = (world: World, { relation, object, renameType }: RenameStmt): boolean => {
  if (object) return isNewObject(world, renameType, object);
  const known = relation && world.find(nameOf(relation));
  return known !== undefined && (known.temporary || world.isNew(known.origin));
};
