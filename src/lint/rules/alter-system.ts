import { as } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const alterSystem: Rule = {
  id: 'alter-system',
  severity: 'info',
  optIn: true,
  summary: 'ALTER SYSTEM.',
  why: 'It changes the whole server, every database of it, and outlives the migration; replicas and the next server do not have it.',
  lock: null,
  blocks: null,
  bad: ['ALTER SYSTEM SET work_mem = 64', 'ALTER SYSTEM RESET ALL'],
  good: ["SET work_mem = '64MB'", "ALTER DATABASE shop SET work_mem = '64MB'"],
  on: ['AlterSystemStmt'],
  *check({ node }) {
    if (as(node, 'AlterSystemStmt')) yield { message: 'This changes the whole server.' };
  },
};
