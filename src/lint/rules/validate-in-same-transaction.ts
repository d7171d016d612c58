import { oldCommands } from '../context.ts';
import { qualified } from '../names.ts';
import { alterTable, instead, written } from '../rewrite.ts';
import type { Command, Context, Rule } from '../rule.ts';
import { autoName, constraintColumns, constraintKind } from '../world/define-column.ts';

export const validateInSameTransaction: Rule = {
  id: 'validate-in-same-transaction',
  severity: 'error',
  scales: true,
  fixable: true,
  summary: 'A constraint is added NOT VALID and validated in one transaction.',
  why: 'The lock of adding it is held until the transaction ends, and so during the scan: NOT VALID was for nothing.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of the table while all rows are checked; for a foreign key writes to both tables',
  work: ['scan'],
  bad: [
    {
      sql: `BEGIN;
        ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID;
        ALTER TABLE orders VALIDATE CONSTRAINT c;
        COMMIT`,
      at: 'VALIDATE CONSTRAINT c',
    },
    {
      sql: 'ALTER TABLE orders ADD CHECK (amount > 0) NOT VALID, VALIDATE CONSTRAINT orders_amount_check',
      at: 'VALIDATE CONSTRAINT orders_amount_check',
    },
    {
      sql: `ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users NOT VALID;
        ALTER TABLE orders VALIDATE CONSTRAINT f`,
      transaction: 'file',
      at: 'VALIDATE CONSTRAINT f',
    },
    {
      sql: `DO $$ BEGIN
        ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID;
        EXECUTE 'ALTER TABLE orders VALIDATE CONSTRAINT c';
        END $$`,
      at: 'VALIDATE CONSTRAINT c',
    },
  ],
  good: [
    'ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT c',
    `BEGIN; ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID; COMMIT;
     BEGIN; ALTER TABLE orders VALIDATE CONSTRAINT c; COMMIT`,
    'BEGIN; ALTER TABLE orders VALIDATE CONSTRAINT c; COMMIT',
    `BEGIN; CREATE TABLE orders (amount int);
     ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT c; COMMIT`,
  ],
  on: ['AT_ValidateConstraint'],
  *check(context) {
    for (const command of oldCommands(context, 'AT_ValidateConstraint')) {
      const { table, name, at } = command;
      const beside = addedBeside(context, command);
      if (!beside && !addedBefore(context, command)) continue;
      const foreign = beside
        ? beside.constraint?.contype === 'CONSTR_FOREIGN'
        : table.constraints.some((constraint) => constraint.name === name && constraint.kind === 'foreign');
      yield {
        message: `${qualified(table)} is still locked by adding ${name} while all its rows are checked.`,
        at,
        lock: foreign ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE',
        ...(beside && { fix: instead(context, command, [`${alterTable(context, table)} ${written(context, at)};`]) }),
      };
    }
  },
};

function addedBefore({ transaction }: Context, { table, name }: Command): boolean {
  const known = table.constraints.find((constraint) => constraint.name === name);
  return transaction !== null && known?.validated === false && known.origin?.transaction === transaction.id;
}

/** The action of the same statement that adds the constraint. */
const addedBeside = ({ commands }: Context, { table, name }: Command): Command | undefined =>
  commands.find(({ constraint }) => {
    const kind = constraint && constraintKind(constraint);
    if (!constraint?.skip_validation || !kind) return false;
    return (constraint.conname ?? autoName(table, kind, constraintColumns(constraint, null), null)) === name;
  });
