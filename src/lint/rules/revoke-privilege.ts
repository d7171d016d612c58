import type { GrantStmt, Node, ObjectType } from '@pgsql/types';
import { all, as, nameOf } from '../nodes.ts';
import { isNewObject } from '../origins.ts';
import type { Rule } from '../rule.ts';
import { listed } from '../words.ts';
import type { World } from '../world/world.ts';

export const revokePrivilege: Rule = {
  id: 'revoke-privilege',
  severity: 'warning',
  summary: 'REVOKE from a role.',
  why: 'Code that runs as this role gets "permission denied" from that moment. Deploy what does without the right first.',
  lock: null,
  blocks: 'whatever the role may do no longer, from then on',
  bad: [
    'REVOKE INSERT ON orders FROM app',
    'REVOKE ALL ON ALL TABLES IN SCHEMA shop FROM app, worker',
    'REVOKE EXECUTE ON FUNCTION total(int) FROM app',
  ],
  good: [
    'CREATE TABLE orders (id int); REVOKE ALL ON orders FROM app',
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
    'REVOKE GRANT OPTION FOR SELECT ON orders FROM app',
    'ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM app',
    'GRANT SELECT ON orders TO app',
  ],
  on: ['GrantStmt'],
  *check({ node, world }) {
    const revoke = as(node, 'GrantStmt');
    if (!revoke || revoke.is_grant || revoke.grant_option || revoke.targtype === 'ACL_TARGET_DEFAULTS') return;
    const roles = all(revoke.grantees, 'RoleSpec').flatMap(({ roletype, rolename }) =>
      roletype === 'ROLESPEC_PUBLIC' ? [] : (rolename ?? 'the current role'),
    );
    if (roles.length === 0 || isNew(world, revoke)) return;
    yield { message: `What ${listed(roles)} still does with this right fails from now on.` };
  },
};

const isNew = (world: World, { targtype, objtype, objects = [] }: GrantStmt): boolean =>
  objects.every((object) =>
    targtype === 'ACL_TARGET_ALL_IN_SCHEMA'
      ? isNewObject(world, 'OBJECT_SCHEMA', object)
      : isNewTarget(world, objtype, object),
  );

function isNewTarget(world: World, objtype: ObjectType | undefined, object: Node): boolean {
  const named = as(object, 'RangeVar');
  const relation = named && world.find(nameOf(named));
  return named ? relation !== undefined && world.isNew(relation.origin) : isNewObject(world, objtype, object);
}
