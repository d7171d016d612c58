import type { Constraint } from '@pgsql/types';
import { oldCommands } from '../context.ts';
import { columnsIn } from '../nodes.ts';
import { qualified, quoted } from '../names.ts';
import { alterTable, instead, written } from '../rewrite.ts';
import type { Command, Context, Rule } from '../rule.ts';
import { readsAndWrites } from '../words.ts';
import { autoName, constraintsOf } from '../world/define-column.ts';

export const checkWithoutNotValid: Rule = {
  id: 'check-without-not-valid',
  severity: 'error',
  scales: true,
  fixable: true,
  summary: 'A CHECK on a table in use that is checked at once.',
  why: 'Every row is read while the table is locked against everything, even when the column is new and has no value yet.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['scan'],
  versions: 'From PostgreSQL 18 on a CHECK can also be NOT ENFORCED.',
  bad: [
    'ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0)',
    'ALTER TABLE orders ADD CHECK (amount > 0)',
    { sql: 'ALTER TABLE orders ADD COLUMN tip int CHECK (tip >= 0)', at: 'ADD COLUMN tip int CHECK (tip >= 0)' },
  ],
  good: [
    'ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID',
    { sql: 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0) NOT ENFORCED', pg: 18 },
    'CREATE TABLE orders (amount int); ALTER TABLE orders ADD CHECK (amount > 0)',
    { sql: 'ALTER TABLE orders ADD COLUMN tip int CHECK (tip >= 0) NOT ENFORCED', pg: 18 },
  ],
  on: ['AT_AddConstraint', 'AT_AddColumn'],
  *check(context) {
    for (const command of oldCommands(context, 'AT_AddConstraint', 'AT_AddColumn')) {
      const inline = command.column ? constraintsOf(command.column) : [];
      const check = [...inline, ...(command.constraint ? [command.constraint] : [])].find(
        ({ contype, skip_validation: skipped }) => contype === 'CONSTR_CHECK' && !skipped,
      );
      if (!check || inline.some(({ contype }) => contype === 'CONSTR_ATTR_NOT_ENFORCED')) continue;
      yield {
        message: `All of ${qualified(command.table)} is read while it is locked against reads and writes.`,
        at: command.at,
        fix: command.constraint ? inTwoSteps(context, command, check) : null,
      };
    }
  },
};

function inTwoSteps(context: Context, command: Command, check: Constraint): string {
  const alter = alterTable(context, command.table);
  const name = check.conname ?? autoName(command.table, 'check', columnsIn(check.raw_expr), null);
  return instead(context, command, [
    `${alter} ${written(context, command.at)} NOT VALID;`,
    `${alter} VALIDATE CONSTRAINT ${quoted(name)};`,
  ]);
}
