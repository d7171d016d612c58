import { later } from '../context.ts';
import { as, nameOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { objectName } from '../world/drop.ts';

export const requireComment: Rule = {
  id: 'require-comment',
  severity: 'info',
  optIn: true,
  summary: 'CREATE TABLE without a COMMENT.',
  why: 'What a table is for is known best by who makes it, and nobody else can look it up.',
  lock: null,
  blocks: null,
  bad: [
    'CREATE TABLE users (id int)',
    { sql: "CREATE TABLE users (id int); COMMENT ON TABLE orders IS 'x'", at: 'CREATE TABLE users (id int)' },
  ],
  good: [
    "CREATE TABLE users (id int); COMMENT ON TABLE users IS 'Who can sign in.'",
    'CREATE TEMP TABLE loaded (id int)',
    'CREATE TABLE o1 PARTITION OF orders DEFAULT',
  ],
  on: ['CreateStmt'],
  *check(context) {
    const create = as(context.node, 'CreateStmt');
    if (!create?.relation || create.relation.relpersistence === 't' || create.partbound) return;
    const { name } = nameOf(create.relation);
    const commented = later(context).some(({ node }) => {
      const comment = as(node, 'CommentStmt');
      return (
        comment?.objtype === 'OBJECT_TABLE' && comment.object !== undefined && objectName(comment.object).name === name
      );
    });
    if (!commented) yield { message: `Nothing says what ${name} is for.` };
  },
};
