import { as } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const dropDatabase: Rule = {
  id: 'drop-database',
  severity: 'error',
  summary: 'DROP DATABASE.',
  why: 'Nothing brings it back but a backup.',
  lock: null,
  blocks: 'everybody who uses the database, for good',
  bad: ['DROP DATABASE shop', 'DROP DATABASE IF EXISTS shop WITH (FORCE)'],
  good: ["SELECT 'DROP DATABASE shop'", 'CREATE DATABASE shop'],
  on: ['DropdbStmt'],
  *check({ node }) {
    const drop = as(node, 'DropdbStmt');
    if (drop) yield { message: `The database ${drop.dbname ?? ''} is lost.` };
  },
};
