import { isOld } from '../context.ts';
import { as, nameIn } from '../nodes.ts';
import { edited } from '../rewrite.ts';
import type { Context, Rule } from '../rule.ts';
import { shown } from '../world/objects.ts';

export const alterDomainConstraint: Rule = {
  id: 'alter-domain-constraint',
  severity: 'error',
  scales: true,
  summary: 'A domain in use gets a condition that is checked, or is validated.',
  why: 'Every table with a column of the domain is scanned under a SHARE lock, one after the other, all locks held to the end. Unlike that of a table, VALIDATE CONSTRAINT of a domain blocks writes too. A CHECK on each column can be validated without.',
  lock: 'SHARE',
  blocks: 'writes to every table that uses the domain while it is scanned; reads go on',
  versions: 'ADD NOT NULL exists from PostgreSQL 17 on.',
  bad: [
    "ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%')",
    'ALTER DOMAIN email SET NOT NULL',
    'ALTER DOMAIN email VALIDATE CONSTRAINT has_at',
    { sql: 'ALTER DOMAIN email ADD NOT NULL', pg: 17 },
  ],
  good: [
    "ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID",
    'CREATE DOMAIN email AS text; ALTER DOMAIN email SET NOT NULL',
    'ALTER DOMAIN email DROP NOT NULL',
    'ALTER DOMAIN email DROP CONSTRAINT has_at',
  ],
  on: ['AlterDomainStmt'],
  *check(context) {
    const alter = as(context.node, 'AlterDomainStmt');
    if (!alter) return;
    const constraint = as(alter.def, 'Constraint');
    const scans =
      alter.subtype === 'O' || alter.subtype === 'V' || (alter.subtype === 'C' && !constraint?.skip_validation);
    const domain = context.world.findType(nameIn(alter.typeName));
    if (!scans || (domain && !isOld(context, domain))) return;
    yield {
      message: `Every table with a column of ${shown(nameIn(alter.typeName))} is scanned while it is locked against writes.`,
      fix: constraint?.contype === 'CONSTR_CHECK' ? notValid(context) : null, // rows that are there stay unchecked
    };
  },
};

const notValid = (context: Context): string => {
  const { end } = context.statement;
  return edited(context, [{ start: end, end, to: ' NOT VALID' }]);
};
