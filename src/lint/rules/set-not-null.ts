import { oldCommands } from '../context.ts';
import { strings } from '../nodes.ts';
import { qualified } from '../names.ts';
import { provesNotNull } from '../proof.ts';
import { instead, notNullSteps } from '../rewrite.ts';
import type { Command, Context, Rule } from '../rule.ts';
import { readsAndWrites } from '../words.ts';
import { columnNamed } from '../world/objects.ts';

export const setNotNull: Rule = {
  id: 'set-not-null',
  severity: 'error',
  scales: true,
  fixable: true,
  summary: 'SET NOT NULL without a validated CHECK that proves it.',
  why: 'PostgreSQL reads the whole table under a lock against everything, and gives up when it meets a NULL.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['scan'],
  versions:
    'From PostgreSQL 12 on a validated CHECK (c IS NOT NULL) spares the scan; from 18 on NOT NULL itself can be NOT VALID and be validated later.',
  bad: [
    { sql: 'ALTER TABLE orders ALTER COLUMN day SET NOT NULL', at: 'ALTER COLUMN day SET NOT NULL' },
    {
      sql: 'ALTER TABLE orders ADD CONSTRAINT c CHECK (day IS NOT NULL) NOT VALID; ALTER TABLE orders ALTER day SET NOT NULL',
      at: 'ALTER day SET NOT NULL',
    },
    {
      sql: 'ALTER TABLE orders VALIDATE CONSTRAINT c; ALTER TABLE orders ALTER amount SET NOT NULL',
      schema: 'CREATE TABLE orders (amount int, CONSTRAINT c CHECK (amount > 0))',
      at: 'ALTER amount SET NOT NULL',
    },
    {
      sql: 'ALTER TABLE orders VALIDATE CONSTRAINT c, ALTER day SET NOT NULL',
      schema: 'CREATE TABLE orders (day date); ALTER TABLE orders ADD CONSTRAINT c CHECK (day IS NOT NULL) NOT VALID',
      at: 'ALTER day SET NOT NULL',
    },
    { sql: 'ALTER TABLE orders ADD CONSTRAINT n NOT NULL day', pg: 18, at: 'ADD CONSTRAINT n NOT NULL day' },
    {
      sql: 'ALTER TABLE orders ADD CONSTRAINT n NOT NULL day NOT VALID; ALTER TABLE orders ALTER day SET NOT NULL',
      pg: 18,
      at: 'ALTER day SET NOT NULL',
    },
    {
      sql: 'ALTER TABLE orders ALTER day SET NOT NULL',
      schema: 'CREATE TABLE orders (day date, at date, CHECK (day IS NOT NULL OR at IS NOT NULL))',
      at: 'ALTER day SET NOT NULL',
    },
  ],
  good: [
    'CREATE TABLE orders (day date); ALTER TABLE orders ALTER day SET NOT NULL',
    `ALTER TABLE orders ADD CONSTRAINT c CHECK (day IS NOT NULL) NOT VALID;
     ALTER TABLE orders VALIDATE CONSTRAINT c;
     ALTER TABLE orders ALTER day SET NOT NULL`,
    {
      sql: 'ALTER TABLE orders ALTER day SET NOT NULL',
      schema: 'CREATE TABLE orders (day date, amount int, CHECK (amount > 0 AND day IS NOT NULL))',
    },
    {
      sql: `ALTER TABLE orders ADD CONSTRAINT n NOT NULL day NOT VALID;
        ALTER TABLE orders VALIDATE CONSTRAINT n;
        ALTER TABLE orders ALTER day SET NOT NULL`,
      pg: 18,
    },
    { sql: 'ALTER TABLE orders ALTER id SET NOT NULL', schema: 'CREATE TABLE orders (id bigint PRIMARY KEY)' },
  ],
  on: ['AT_SetNotNull', 'AT_AddConstraint'],
  *check(context) {
    for (const command of oldCommands(context, 'AT_SetNotNull', 'AT_AddConstraint')) {
      const column = columnMadeNotNull(context, command);
      if (column === null || columnNamed(command.table, column)?.notNull === true) continue;
      if (context.pg >= 12 && provesNotNull(command.table, column)) continue;
      yield {
        message: `All of ${qualified(command.table)} is read, to look for NULL in ${column}, while it is locked against reads and writes.`,
        at: command.at,
        fix: instead(context, command, notNullSteps(context, command.table, column, command.constraint?.conname)),
      };
    }
  },
};

function columnMadeNotNull({ pg }: Context, { type, name, constraint }: Command): string | null {
  if (type === 'AT_SetNotNull') return name;
  if (pg < 18 || constraint?.contype !== 'CONSTR_NOTNULL' || constraint.skip_validation) return null;
  return strings(constraint.keys)[0] ?? null;
}
