import { keyColumns } from '../columns.ts';
import { later } from '../context.ts';
import { all, as, nameOf } from '../nodes.ts';
import type { Context, Rule } from '../rule.ts';
import { keyOf } from '../world/objects.ts';

export const requirePrimaryKey: Rule = {
  id: 'require-primary-key',
  severity: 'warning',
  optIn: true,
  summary: 'CREATE TABLE without a primary key.',
  why: 'Logical replication can not find the rows to update or delete, and nor can people or tools that work in batches.',
  lock: null,
  blocks: null,
  bad: ['CREATE TABLE events (at timestamptz, name text)', 'CREATE TABLE events (id bigint UNIQUE)'],
  good: [
    'CREATE TABLE events (id bigint PRIMARY KEY)',
    'CREATE TABLE events (id bigint); ALTER TABLE public.events ADD PRIMARY KEY (id)',
    'CREATE TEMP TABLE loaded (name text)',
    'CREATE TABLE e1 PARTITION OF events DEFAULT',
    'CREATE TABLE copy (LIKE events INCLUDING ALL)',
  ],
  on: ['CreateStmt'],
  *check(context) {
    const create = as(context.node, 'CreateStmt');
    if (!create?.relation || create.relation.relpersistence === 't' || create.inhRelations) return;
    if (all(create.tableElts, 'TableLikeClause').length > 0 || keyColumns(context).length > 0) return;
    if (!getsKey(context, keyOf(context.world.qualify(nameOf(create.relation)))))
      yield { message: `${nameOf(create.relation).name} has no primary key.` };
  },
};

const getsKey = (context: Context, table: string): boolean =>
  later(context).some(({ node }) => {
    const alter = as(node, 'AlterTableStmt');
    if (!alter?.relation || keyOf(context.world.qualify(nameOf(alter.relation))) !== table) return false;
    const constraints = all(alter.cmds, 'AlterTableCmd').flatMap(({ def }) => as(def, 'Constraint') ?? []);
    return constraints.some(({ contype }) => contype === 'CONSTR_PRIMARY');
  });
