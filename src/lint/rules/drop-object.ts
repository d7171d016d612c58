import type { DropStmt } from '@pgsql/types';
import { givenBefore, givenLater, isGiven } from '../named.ts';
import { as, type Name, nameOf } from '../nodes.ts';
import { isNewObject } from '../origins.ts';
import type { Context, Rule } from '../rule.ts';
import { listed } from '../words.ts';
import { objectName } from '../world/drop.ts';
import { shown } from '../world/objects.ts';

type Kind = NonNullable<DropStmt['removeType']>;

const kinds: Partial<Record<Kind, string>> = {
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_ROUTINE: 'routine',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
  OBJECT_EXTENSION: 'extension',
};

export const dropObject: Rule = {
  id: 'drop-object',
  severity: 'warning',
  summary: 'DROP of a view, function, sequence, type or extension that is not created again.',
  why: 'Queries, functions and clients that name it fail from then on; the body of a function is no dependency that PostgreSQL would warn about. CREATE OR REPLACE, or a drop and a create in one transaction, leaves no gap.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'whoever uses it, from then on',
  bad: [
    'DROP VIEW totals',
    'DROP FUNCTION IF EXISTS total(int), tax(int)',
    { sql: 'DROP VIEW totals; CREATE VIEW totals AS SELECT 1 AS n', at: 'DROP VIEW totals' },
    { sql: "BEGIN; DROP TYPE mood; CREATE TYPE shop.mood AS ENUM ('ok'); COMMIT", at: 'DROP TYPE mood' },
  ],
  good: [
    'BEGIN; DROP VIEW totals; CREATE VIEW totals AS SELECT 1 AS n; COMMIT',
    {
      sql: 'DROP FUNCTION total(int); CREATE FUNCTION total(n int) RETURNS int LANGUAGE sql RETURN n',
      transaction: 'file',
    },
    "CREATE TYPE mood AS ENUM ('ok'); DROP TYPE mood",
    'CREATE SEQUENCE s; CREATE VIEW v AS SELECT 1; DROP SEQUENCE s; DROP VIEW v',
  ],
  on: ['DropStmt'],
  *check(context) {
    const drop = as(context.node, 'DropStmt');
    const kind = drop?.removeType && kinds[drop.removeType];
    if (!drop?.removeType || kind === undefined) return;
    const gone = (drop.objects ?? [])
      .filter((object) => !isNewObject(context.world, drop.removeType, object))
      .map(objectName)
      .filter(
        (name) =>
          !givenLater(context, name.name).some((made) => isSame(context, made, name)) && !wasReplaced(context, name),
      );
    if (gone.length > 0) yield { message: `Whatever names the ${kind} ${listed(gone.map(shown))} fails from now on.` };
  },
};

/** It was renamed out of the way in this transaction, and something new has its old name. */
function wasReplaced(context: Context, name: Name): boolean {
  if (context.transaction === null) return false;
  return givenBefore(context, name.name).some(({ node }) => {
    const rename = as(node, 'RenameStmt');
    const old = rename?.object ? objectName(rename.object) : rename?.relation && nameOf(rename.relation);
    return old !== undefined && isGiven(context, old.name);
  });
}

const isSame = ({ world }: Context, a: Name, b: Name): boolean =>
  a.name === b.name && world.qualify(a).schema === world.qualify(b).schema;
