import type { DropStmt } from '@pgsql/types';
import { isNewColumn } from '../columns.ts';
import { isOld } from '../context.ts';
import { all, as } from '../nodes.ts';
import { isNewObject } from '../origins.ts';
import { withoutWords } from '../rewrite.ts';
import type { Context, Rule } from '../rule.ts';

export const dropCascade: Rule = {
  id: 'drop-cascade',
  severity: 'error',
  summary: 'CASCADE on a DROP.',
  why: 'Foreign keys of other tables, views, columns and functions go along, whatever depends on it in this database; nobody reviewed the list. Without CASCADE it says what depends on it, and that can be dropped by name.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of everything that depends on it',
  bad: [
    'DROP TABLE orders CASCADE',
    'DROP TYPE IF EXISTS mood CASCADE',
    { sql: 'ALTER TABLE orders DROP COLUMN user_id CASCADE', at: 'DROP COLUMN user_id CASCADE' },
    { sql: 'ALTER TABLE orders DROP CONSTRAINT orders_pkey CASCADE', at: 'DROP CONSTRAINT orders_pkey CASCADE' },
    'DROP SCHEMA shop CASCADE',
  ],
  good: [
    'DROP TABLE orders',
    'CREATE TABLE scratch (id int PRIMARY KEY); DROP TABLE scratch CASCADE',
    'ALTER TABLE orders DROP COLUMN user_id RESTRICT',
    'TRUNCATE orders CASCADE',
  ],
  on: ['DropStmt', 'AT_DropColumn', 'AT_DropConstraint', 'AlterDomainStmt', 'DropOwnedStmt'],
  *check(context) {
    const message = 'Whatever depends on it goes along, and nobody can see here what that is.';
    const fix = () => withoutWords(context, ['CASCADE']);
    if (cascades(context)) yield { message, fix: fix() };
    for (const { type, name, node, table, at } of context.commands) {
      if (type !== 'AT_DropColumn' && type !== 'AT_DropConstraint') continue;
      if (node.behavior !== 'DROP_CASCADE' || !isOld(context, table) || isNewColumn(context, table, name)) continue;
      yield { message, at, fix: context.commands.length === 1 ? fix() : null };
    }
  },
};

/** The statement itself, whatever it drops, unless all of that is new. */
function cascades(context: Context): boolean {
  const { node } = context;
  const [drop, alter, domain] = [as(node, 'DropStmt'), as(node, 'AlterTableStmt'), as(node, 'AlterDomainStmt')];
  const attributes = alter?.objtype === 'OBJECT_TYPE' ? all(alter.cmds, 'AlterTableCmd') : [];
  const behaviors = [
    drop && !isAllNew(context, drop) ? drop.behavior : undefined,
    domain?.subtype === 'X' ? domain.behavior : undefined,
    as(node, 'DropOwnedStmt')?.behavior,
    ...attributes.map(({ behavior }) => behavior),
  ];
  return behaviors.includes('DROP_CASCADE');
}

const isAllNew = ({ world }: Context, { removeType, objects = [] }: DropStmt): boolean =>
  objects.every((object) => isNewObject(world, removeType, object));
