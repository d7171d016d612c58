import { all, as, nameOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { listed } from '../words.ts';

export const requireColumns: Rule = {
  id: 'require-columns',
  severity: 'info',
  optIn: true,
  summary: 'CREATE TABLE without created_at and updated_at.',
  why: 'When a row came and when it last changed is asked sooner or later, and can not be found out afterwards.',
  lock: null,
  blocks: null,
  bad: ['CREATE TABLE users (id int, created_at timestamptz)', 'CREATE TABLE users (id int)'],
  good: [
    'CREATE TABLE users (id int, created_at timestamptz, updated_at timestamptz)',
    'CREATE TEMP TABLE loaded (id int)',
    'CREATE TABLE o1 PARTITION OF orders DEFAULT',
  ],
  on: ['CreateStmt'],
  *check({ node }) {
    const create = as(node, 'CreateStmt');
    if (!create?.relation || create.relation.relpersistence === 't' || create.inhRelations) return;
    if (all(create.tableElts, 'TableLikeClause').length > 0) return;
    const names = all(create.tableElts, 'ColumnDef').map(({ colname }) => colname);
    const missing = ['created_at', 'updated_at'].filter((name) => !names.includes(name));
    if (missing.length > 0) yield { message: `${nameOf(create.relation).name} has no ${listed(missing)}.` };
  },
};
