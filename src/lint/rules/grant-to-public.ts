import { all, as } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const grantToPublic: Rule = {
  id: 'grant-to-public',
  severity: 'info',
  optIn: true,
  summary: 'GRANT … TO PUBLIC.',
  why: 'Every role has the right then, also those that are created later.',
  lock: null,
  blocks: null,
  bad: ['GRANT SELECT ON orders TO PUBLIC', 'GRANT EXECUTE ON FUNCTION f() TO app, PUBLIC'],
  good: ['GRANT SELECT ON orders TO app', 'REVOKE ALL ON orders FROM PUBLIC'],
  on: ['GrantStmt'],
  *check({ node }) {
    const grant = as(node, 'GrantStmt');
    if (grant?.is_grant && all(grant.grantees, 'RoleSpec').some(({ roletype }) => roletype === 'ROLESPEC_PUBLIC'))
      yield { message: 'Every role has this right from now on.' };
  },
};
