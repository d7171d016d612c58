import { oldRelation } from '../context.ts';
import { as } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const createPolicyRestrictive: Rule = {
  id: 'create-policy-restrictive',
  severity: 'info',
  optIn: true,
  summary: 'A restrictive policy.',
  why: 'It takes rows away from everybody whom other policies show them, and without a permissive policy beside it nobody sees any.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of the table, briefly',
  bad: [
    'CREATE POLICY own ON orders AS RESTRICTIVE USING (true)',
    'CREATE POLICY own ON orders AS RESTRICTIVE FOR SELECT TO app USING (id > 1)',
  ],
  good: [
    'CREATE POLICY own ON orders USING (true)',
    'CREATE TABLE orders (id int); CREATE POLICY own ON orders AS RESTRICTIVE USING (true)',
  ],
  on: ['CreatePolicyStmt'],
  *check(context) {
    const policy = as(context.node, 'CreatePolicyStmt');
    if (policy && !policy.permissive && oldRelation(context, policy.table))
      yield { message: 'Rows that other policies show are hidden from now on.' };
  },
};
