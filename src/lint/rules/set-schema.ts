import type { AlterObjectSchemaStmt } from '@pgsql/types';
import { as, type Name, nameOf } from '../nodes.ts';
import { isNewObject } from '../origins.ts';
import { givenLater } from '../named.ts';
import { qualified, quoted } from '../names.ts';
import type { Context, Rule } from '../rule.ts';
import { briefly, queue } from '../words.ts';
import { objectName } from '../world/drop.ts';
import { shown } from '../world/objects.ts';

export const setSchema: Rule = {
  id: 'set-schema',
  severity: 'error',
  summary: 'A table, view, type or function moves to another schema.',
  why: `It is a rename that nobody calls one: code with the old schema, or with a search path that lacks the new one, fails from that moment. A view in the old schema, made in the same transaction, stands in for a table. ${queue}`,
  lock: 'ACCESS EXCLUSIVE',
  blocks: briefly,
  bad: [
    'ALTER TABLE users SET SCHEMA shop',
    'ALTER FUNCTION total(int) SET SCHEMA shop',
    'ALTER TYPE mood SET SCHEMA shop',
  ],
  good: [
    'BEGIN; ALTER TABLE users SET SCHEMA shop; CREATE VIEW users AS SELECT * FROM shop.users; COMMIT',
    'CREATE TABLE users (id int); ALTER TABLE users SET SCHEMA shop',
    'ALTER EXTENSION citext SET SCHEMA extensions',
  ],
  on: ['AlterObjectSchemaStmt'],
  *check(context) {
    const alter = as(context.node, 'AlterObjectSchemaStmt');
    if (!alter || alter.objectType === 'OBJECT_EXTENSION' || isNew(context, alter)) return;
    const name = alter.relation
      ? nameOf(alter.relation)
      : alter.object
        ? objectName(alter.object)
        : { schema: null, name: '' };
    const from = context.world.qualify(name);
    if (givenLater(context, from.name).some((made) => context.world.qualify(made).schema === from.schema)) return;
    const isType = alter.objectType === 'OBJECT_TYPE' || alter.objectType === 'OBJECT_DOMAIN';
    yield {
      ...(isType && { lock: null }),
      message: `Code that looks for ${shown(name)} where it was fails from now on.`,
      fix: alter.objectType === 'OBJECT_TABLE' ? withView(context, alter, from) : null,
    };
  },
};

function isNew({ world }: Context, { relation, object, objectType }: AlterObjectSchemaStmt): boolean {
  if (object) return isNewObject(world, objectType, object);
  const known = relation && world.find(nameOf(relation));
  return known !== undefined && (known.temporary || world.isNew(known.origin));
}

function withView(
  { statement, transaction }: Context,
  { newschema = '' }: AlterObjectSchemaStmt,
  from: Name & { schema: string },
): string {
  const swap = [
    `${statement.text};`,
    `CREATE VIEW ${qualified(from)} AS SELECT * FROM ${quoted(newschema)}.${quoted(from.name)};`,
  ];
  return (transaction ? swap : ['BEGIN;', ...swap, 'COMMIT;']).join('\n');
}
