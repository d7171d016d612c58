import { oldCommands } from '../context.ts';
import { as } from '../nodes.ts';
import { qualified } from '../names.ts';
import { doesInTransaction } from '../outline.ts';
import type { Context, Rule } from '../rule.ts';
import { briefly } from '../words.ts';
import { keyOf, type Relation } from '../world/objects.ts';

export const enableRlsWithoutPolicy: Rule = {
  id: 'enable-rls-without-policy',
  severity: 'error',
  summary: 'ENABLE ROW LEVEL SECURITY on a table without a policy.',
  why: 'Without a policy nothing is allowed: everybody but the owner sees an empty table from that moment, and nothing reports an error. Create the policies before, or in the same transaction.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: briefly,
  bad: [
    { sql: 'ALTER TABLE orders ENABLE ROW LEVEL SECURITY', at: 'ENABLE ROW LEVEL SECURITY' },
    {
      sql: 'ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON orders USING (true)',
      at: 'ENABLE ROW LEVEL SECURITY',
    },
  ],
  good: [
    'CREATE POLICY own ON orders USING (true); ALTER TABLE orders ENABLE ROW LEVEL SECURITY',
    'BEGIN; ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON public.orders USING (true); COMMIT',
    'CREATE TABLE orders (id int); ALTER TABLE orders ENABLE ROW LEVEL SECURITY',
    {
      sql: 'ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON orders USING (true)',
      transaction: 'file',
    },
  ],
  on: ['AT_EnableRowSecurity'],
  *check(context) {
    for (const { table, at } of oldCommands(context, 'AT_EnableRowSecurity')) {
      if (table.rowSecurity || table.policies.length > 0 || getsPolicy(context, table)) continue;
      yield { message: `${qualified(table)} looks empty to everybody but its owner from now on.`, at };
    }
  },
};

const getsPolicy = (context: Context, table: Relation): boolean =>
  doesInTransaction(context, ['guards', table.name], ({ node }) => {
    const policy = as(node, 'CreatePolicyStmt');
    return policy?.table !== undefined && keyOf(context.world.relation(policy.table)) === keyOf(table);
  });
