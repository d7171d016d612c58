import { as } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const createTableAs: Rule = {
  id: 'create-table-as',
  severity: 'info',
  optIn: true,
  summary: 'CREATE TABLE AS or SELECT INTO.',
  why: 'One long snapshot, which keeps VACUUM from cleaning up anywhere, and a table without keys, defaults and constraints. Create the table, and fill it in batches.',
  lock: null,
  blocks: null,
  bad: ['CREATE TABLE old AS SELECT * FROM orders', 'SELECT * INTO old FROM orders'],
  good: [
    'CREATE TABLE old AS SELECT * FROM orders WITH NO DATA',
    'CREATE MATERIALIZED VIEW v AS SELECT 1',
    'CREATE TABLE old (LIKE orders)',
  ],
  on: ['CreateTableAsStmt', 'SelectStmt'],
  *check({ node }) {
    const made = as(node, 'CreateTableAsStmt');
    const copies = made ? made.objtype === 'OBJECT_TABLE' && !made.into?.skipData : as(node, 'SelectStmt')?.intoClause;
    if (copies) yield { message: 'It holds one snapshot for as long as it copies.' };
  },
};
