import type { Node } from '@pgsql/types';
import { as } from '../nodes.ts';
import type { Command, Rule } from '../rule.ts';

export const preferIfExists: Rule = {
  id: 'prefer-if-exists',
  severity: 'info',
  optIn: true,
  summary: 'A statement outside a transaction that can not be repeated.',
  why: 'When a later statement fails, what came before it stays, and the file can not be run again. IF EXISTS and IF NOT EXISTS make that possible.',
  lock: null,
  blocks: null,
  bad: [
    'CREATE TABLE users (id int)',
    'DROP VIEW totals',
    { sql: 'ALTER TABLE users ADD COLUMN a int', at: 'ADD COLUMN a int' },
    { sql: 'ALTER TABLE users DROP CONSTRAINT c', at: 'DROP CONSTRAINT c' },
    'CREATE INDEX CONCURRENTLY i ON users (a)',
  ],
  good: [
    'CREATE TABLE IF NOT EXISTS users (id int)',
    'BEGIN; CREATE TABLE users (id int); COMMIT',
    'ALTER TABLE users ADD COLUMN IF NOT EXISTS a int',
    'DROP VIEW IF EXISTS totals',
    { sql: 'CREATE TABLE users (id int)', transaction: 'file' },
  ],
  on: [
    'AlterTableStmt',
    'DropStmt',
    'IndexStmt',
    'CreateStmt',
    'CreateTableAsStmt',
    'CreateSeqStmt',
    'CreateSchemaStmt',
    'CreateExtensionStmt',
  ],
  *check(context) {
    if (context.transaction !== null) return;
    const word = missing(context.node);
    if (word !== null) yield { message: `If a later statement fails, this one can not be run again: write ${word}.` };
    for (const { type, node, at } of context.commands) {
      const words = actions[type];
      if (words !== undefined && !node.missing_ok)
        yield { message: `If a later statement fails, this one can not be run again: write ${words}.`, at };
    }
  },
};

const actions: Partial<Record<Command['type'], string>> = {
  AT_AddColumn: 'IF NOT EXISTS',
  AT_DropColumn: 'IF EXISTS',
  AT_DropConstraint: 'IF EXISTS',
};

function missing(node: Node): string | null {
  const drop = as(node, 'DropStmt');
  if (drop) return drop.missing_ok ? null : 'IF EXISTS';
  const index = as(node, 'IndexStmt');
  if (index) return index.if_not_exists || index.idxname === undefined ? null : 'IF NOT EXISTS';
  const made =
    as(node, 'CreateStmt') ??
    as(node, 'CreateTableAsStmt') ??
    as(node, 'CreateSeqStmt') ??
    as(node, 'CreateSchemaStmt') ??
    as(node, 'CreateExtensionStmt');
  return made && !made.if_not_exists ? 'IF NOT EXISTS' : null;
}
