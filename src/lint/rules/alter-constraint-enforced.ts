import { oldCommands } from '../context.ts';
import { as } from '../nodes.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';

export const alterConstraintEnforced: Rule = {
  id: 'alter-constraint-enforced',
  severity: 'error',
  scales: true,
  summary: 'ALTER CONSTRAINT … ENFORCED.',
  why: 'It looks like a flag in the catalog, and checks every row under a lock against everything. Dropping the constraint and adding it NOT VALID can be validated while the table is used.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of the table, and writes to the referenced one, while all rows are checked',
  work: ['scan'],
  versions: 'From PostgreSQL 18 on.',
  bad: [
    {
      sql: 'ALTER TABLE orders ALTER CONSTRAINT orders_user_fk ENFORCED',
      pg: 18,
      at: 'ALTER CONSTRAINT orders_user_fk ENFORCED',
    },
    {
      sql: 'ALTER TABLE shop.orders ALTER CONSTRAINT f DEFERRABLE ENFORCED',
      pg: 18,
      at: 'ALTER CONSTRAINT f DEFERRABLE ENFORCED',
    },
  ],
  good: [
    { sql: 'ALTER TABLE orders ALTER CONSTRAINT orders_user_fk NOT ENFORCED', pg: 18 },
    { sql: 'ALTER TABLE orders ALTER CONSTRAINT orders_user_fk DEFERRABLE', pg: 18 },
  ],
  on: ['AT_AlterConstraint'],
  *check(context) {
    if (context.pg < 18) return;
    for (const { node, table, at } of oldCommands(context, 'AT_AlterConstraint')) {
      const alter = as(node.def, 'ATAlterConstraint');
      if (!alter?.alterEnforceability || !alter.is_enforced) continue;
      yield { message: `Every row of ${qualified(table)} is checked while it is locked against reads and writes.`, at };
    }
  },
};
