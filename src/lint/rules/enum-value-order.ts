import { as } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const enumValueOrder: Rule = {
  id: 'enum-value-order',
  severity: 'info',
  optIn: true,
  summary: 'ALTER TYPE ADD VALUE that does not say where.',
  why: 'The label goes to the end, sorts there, and can not be moved later.',
  lock: null,
  blocks: null,
  bad: ["ALTER TYPE mood ADD VALUE 'fine'", "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine'"],
  good: [
    "ALTER TYPE mood ADD VALUE 'fine' AFTER 'ok'",
    "ALTER TYPE mood ADD VALUE 'fine' BEFORE 'ok'",
    "ALTER TYPE mood RENAME VALUE 'a' TO 'b'",
  ],
  on: ['AlterEnumStmt'],
  *check({ node }) {
    const alter = as(node, 'AlterEnumStmt');
    if (alter && alter.oldVal === undefined && alter.newValNeighbor === undefined)
      yield { message: `'${alter.newVal ?? ''}' sorts last, for good: write BEFORE or AFTER.` };
  },
};
