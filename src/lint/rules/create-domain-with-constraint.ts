import { all, as, nameIn } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const createDomainWithConstraint: Rule = {
  id: 'create-domain-with-constraint',
  severity: 'info',
  optIn: true,
  summary: 'CREATE DOMAIN with a condition.',
  why: 'To change the condition later scans every table that uses the domain, and a new column of it rewrites its table. A CHECK on the column does neither.',
  lock: null,
  blocks: null,
  bad: ["CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%')", 'CREATE DOMAIN amount AS int NOT NULL'],
  good: ['CREATE DOMAIN email AS text', "CREATE DOMAIN email AS text DEFAULT ''"],
  on: ['CreateDomainStmt'],
  *check({ node }) {
    const domain = as(node, 'CreateDomainStmt');
    const conditions = all(domain?.constraints, 'Constraint').filter(
      ({ contype }) => contype === 'CONSTR_CHECK' || contype === 'CONSTR_NOTNULL',
    );
    if (domain && conditions.length > 0)
      yield {
        message: `The condition of ${nameIn(domain.domainname).name} can not be changed without scanning every table that uses it.`,
      };
  },
};
