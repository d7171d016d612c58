import { blocked } from '../ddl.ts';
import { as, type NodeKind } from '../nodes.ts';
import type { Context, Rule } from '../rule.ts';

const kinds: readonly NodeKind[] = ['CreateTrigStmt', 'RuleStmt', 'CreatePolicyStmt', 'AlterPolicyStmt'];

export const triggerLock: Rule = {
  id: 'trigger-lock',
  severity: 'info',
  optIn: true,
  summary: 'A trigger, rule or policy of a table in use is created, changed or dropped.',
  why: 'The lock is brief but has to be had: while it waits, everybody who comes later waits behind it. And every later write of the table does something else than before.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of the table, briefly; CREATE TRIGGER blocks only writes',
  versions: 'CREATE TRIGGER takes SHARE ROW EXCLUSIVE, all others ACCESS EXCLUSIVE.',
  bad: [
    'CREATE TRIGGER audit AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note()',
    'DROP TRIGGER audit ON orders',
    'CREATE POLICY own ON orders USING (true)',
    'ALTER TRIGGER audit ON orders RENAME TO log',
    'CREATE RULE r AS ON INSERT TO orders DO NOTHING',
  ],
  good: [
    'CREATE TABLE orders (id int); CREATE TRIGGER audit AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note()',
    'ALTER TABLE orders ADD COLUMN a int',
    'DROP VIEW totals',
  ],
  on: [...kinds, 'DropStmt', 'RenameStmt'],
  *check(context) {
    if (!changesTrigger(context)) return;
    const table = blocked(context);
    if (table)
      yield { message: `${table.table} is locked, and its writes do something else from now on.`, lock: table.mode };
  },
};

const parts = new Set(['OBJECT_TRIGGER', 'OBJECT_RULE', 'OBJECT_POLICY']);

/** DROP and RENAME may be of anything. */
const changesTrigger = ({ node, statement }: Context): boolean =>
  kinds.includes(statement.kind) ||
  parts.has(as(node, 'DropStmt')?.removeType ?? '') ||
  parts.has(as(node, 'RenameStmt')?.renameType ?? '');
