import { oldCommands } from '../context.ts';
import { as } from '../nodes.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { briefly } from '../words.ts';

const effects: Readonly<Record<string, string>> = {
  n: 'UPDATE and DELETE of a published table fail from now on',
  f: 'every UPDATE and DELETE writes the whole old row to the WAL from now on',
};

export const replicaIdentity: Rule = {
  id: 'replica-identity',
  severity: 'warning',
  summary: 'The replica identity changes.',
  why: 'It is what subscribers find a row by. With NOTHING, UPDATE and DELETE of a published table fail; with FULL each writes the whole old row to the WAL, and subscribers may scan for it; with an index, dropping that index leaves NOTHING.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: briefly,
  bad: [
    { sql: 'ALTER TABLE orders REPLICA IDENTITY NOTHING', at: 'REPLICA IDENTITY NOTHING' },
    { sql: 'ALTER TABLE orders REPLICA IDENTITY FULL', at: 'REPLICA IDENTITY FULL' },
    {
      sql: 'ALTER TABLE orders REPLICA IDENTITY USING INDEX orders_key',
      at: 'REPLICA IDENTITY USING INDEX orders_key',
    },
  ],
  good: [
    'CREATE TABLE orders (id int); ALTER TABLE orders REPLICA IDENTITY FULL',
    'ALTER TABLE orders CLUSTER ON orders_key',
  ],
  on: ['AT_ReplicaIdentity'],
  *check(context) {
    for (const { table, node, at } of oldCommands(context, 'AT_ReplicaIdentity')) {
      const type = as(node.def, 'ReplicaIdentityStmt')?.identity_type ?? '';
      const effect = effects[type] ?? 'subscribers find rows in another way from now on';
      yield { message: `${qualified(table)}: ${effect}.`, at };
    }
  },
};
