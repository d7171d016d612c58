import { as, nameIn } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const createEnum: Rule = {
  id: 'create-enum',
  severity: 'info',
  optIn: true,
  summary: 'CREATE TYPE … AS ENUM.',
  why: 'A label can never be removed, and its order never be changed, without a new type for every column. A table of values, or text with a CHECK, can.',
  lock: null,
  blocks: null,
  bad: ["CREATE TYPE mood AS ENUM ('ok')", "CREATE TYPE shop.status AS ENUM ('new', 'paid')"],
  good: ['CREATE TYPE pair AS (a int, b int)', 'CREATE TABLE moods (name text PRIMARY KEY)'],
  on: ['CreateEnumStmt'],
  *check({ node }) {
    const type = as(node, 'CreateEnumStmt');
    if (type) yield { message: `No label of ${nameIn(type.typeName).name} can ever be removed.` };
  },
};
