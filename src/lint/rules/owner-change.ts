import { oldCommands } from '../context.ts';
import { as } from '../nodes.ts';
import { isNewObject } from '../origins.ts';
import type { Rule } from '../rule.ts';

export const ownerChange: Rule = {
  id: 'owner-change',
  severity: 'info',
  optIn: true,
  summary: 'OWNER TO.',
  why: 'The new owner may do everything, the old one only what was granted: migrations that run as the old one fail from then on.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of a table, briefly',
  bad: [
    { sql: 'ALTER TABLE orders OWNER TO admin', at: 'OWNER TO admin' },
    'ALTER FUNCTION f() OWNER TO admin',
    'REASSIGN OWNED BY old TO admin',
  ],
  good: [
    'CREATE TABLE orders (id int); ALTER TABLE orders OWNER TO admin',
    'GRANT SELECT ON orders TO admin',
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION f() OWNER TO admin",
  ],
  on: ['AT_ChangeOwner', 'AlterOwnerStmt', 'ReassignOwnedStmt'],
  *check(context) {
    const message = 'What runs as the old owner may fail from now on.';
    for (const { at } of oldCommands(context, 'AT_ChangeOwner')) yield { message, at };
    const owner = as(context.node, 'AlterOwnerStmt');
    const isNew = owner?.object && isNewObject(context.world, owner.objectType, owner.object);
    if ((owner && !isNew) || as(context.node, 'ReassignOwnedStmt')) yield { message };
  },
};
