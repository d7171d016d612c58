import { columnKinds, newColumns } from '../columns.ts';
import { createdBy, namingKinds } from '../created.ts';
import { as } from '../nodes.ts';
import type { Rule } from '../rule.ts';

export const namingConvention: Rule = {
  id: 'naming-convention',
  severity: 'info',
  optIn: true,
  summary: 'A new name that is not in snake_case.',
  why: 'A name with capitals or spaces has to be quoted, everywhere and for ever.',
  lock: null,
  blocks: null,
  bad: [
    'CREATE TABLE "Users" (id int)',
    { sql: 'ALTER TABLE users ADD COLUMN "firstName" text', at: 'ADD COLUMN "firstName" text' },
    { sql: 'CREATE TABLE users (id int, "two words" int)', at: '"two words" int' },
    'CREATE INDEX "I" ON users (id)',
  ],
  good: ['CREATE TABLE Users (firstName text)', 'ALTER TABLE "Users" ADD COLUMN first_name text', 'DROP TABLE "Users"'],
  on: ['IndexStmt', ...columnKinds, ...namingKinds],
  *check(context) {
    const names = [createdBy(context.node)?.name, as(context.node, 'IndexStmt')?.idxname].filter(
      (name) => name !== undefined,
    );
    for (const name of names) if (isOdd(name)) yield { message: `${name} has to be quoted everywhere.` };
    for (const { name, at } of newColumns(context))
      if (isOdd(name)) yield { message: `${name} has to be quoted everywhere.`, at };
  },
};

const isOdd = (name: string): boolean => !/^[a-z_][a-z0-9_]*$/u.test(name);
