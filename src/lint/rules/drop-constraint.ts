import { isOld, oldCommands } from '../context.ts';
import { all, as } from '../nodes.ts';
import { qualified } from '../names.ts';
import { didBefore } from '../outline.ts';
import { saysNotNull } from '../proof.ts';
import type { Command, Context, Rule } from '../rule.ts';
import { briefly, queue } from '../words.ts';
import { keyOf, type Relation, type TableConstraint } from '../world/objects.ts';

export const dropConstraint: Rule = {
  id: 'drop-constraint',
  severity: 'warning',
  summary: 'DROP CONSTRAINT.',
  why: `What the constraint kept true is true no longer; without a unique constraint ON CONFLICT fails, without the primary key replication may. Dropping a foreign key locks the referenced table just as strongly. ${queue}`,
  lock: 'ACCESS EXCLUSIVE',
  blocks: briefly,
  bad: [
    { sql: 'ALTER TABLE orders DROP CONSTRAINT positive', at: 'DROP CONSTRAINT positive' },
    {
      sql: 'ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_user_id_fkey',
      schema: 'CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (user_id int REFERENCES users)',
      at: 'DROP CONSTRAINT IF EXISTS orders_user_id_fkey',
    },
    {
      sql: 'ALTER TABLE orders ALTER at SET NOT NULL; ALTER TABLE orders DROP CONSTRAINT c',
      schema: 'CREATE TABLE orders (at date, day date, CONSTRAINT c CHECK (day IS NOT NULL))',
      at: 'DROP CONSTRAINT c',
    },
  ],
  good: [
    `ALTER TABLE orders ADD CONSTRAINT c CHECK (day IS NOT NULL) NOT VALID;
     ALTER TABLE orders VALIDATE CONSTRAINT c;
     ALTER TABLE orders ALTER day SET NOT NULL;
     ALTER TABLE orders DROP CONSTRAINT c`,
    {
      sql: 'ALTER TABLE orders ALTER day SET NOT NULL, DROP CONSTRAINT c',
      schema: 'CREATE TABLE orders (day date, CONSTRAINT c CHECK (day IS NOT NULL))',
    },
    {
      sql: 'ALTER TABLE orders ATTACH PARTITION orders_1 FOR VALUES IN (1); ALTER TABLE orders_1 DROP CONSTRAINT c',
      schema:
        'CREATE TABLE orders (shop int) PARTITION BY LIST (shop); CREATE TABLE orders_1 (shop int NOT NULL, CONSTRAINT c CHECK (shop = 1))',
    },
    'CREATE TABLE orders (id int CONSTRAINT c CHECK (id > 0)); ALTER TABLE orders DROP CONSTRAINT c',
  ],
  on: ['AT_DropConstraint'],
  *check(context) {
    for (const command of oldCommands(context, 'AT_DropConstraint')) {
      const { table, name, at } = command;
      const dropped = table.constraints.find((constraint) => constraint.name === name);
      if (isHelper(context, command, dropped)) continue;
      const other = dropped?.references ? qualified(context.world.byKey(dropped.references)) : null;
      yield {
        message:
          other === null
            ? `${name} no longer holds on ${qualified(table)}.`
            : `${name} no longer holds, and ${other} is locked along with ${qualified(table)}.`,
        at,
        ...(other !== null && {
          blocks: `reads and writes of both tables, briefly, and as long as it waits for the locks`,
        }),
      };
    }
  },
};

/** A constraint that was there only to spare a scan, which this file has had. */
function isHelper(context: Context, command: Command, dropped: TableConstraint | undefined): boolean {
  const { table, name } = command;
  if (dropped && !isOld(context, dropped)) return true;
  const made = [...madeNotNull(context, command)];
  if (!dropped) return made.length > 0 && wasValidated(context, name);
  if (dropped.kind !== 'check') return false;
  return made.some((column) => saysNotNull(dropped.expression, column)) || wasAttached(context, table);
}

/** The columns of the table that this file has made NOT NULL, or that the statement does. */
function* madeNotNull(context: Context, { table }: Command): Generator<string> {
  for (const { name, notNullSince } of table.columns)
    if (notNullSince !== null && !isOld(context, { origin: notNullSince })) yield name;
  for (const { type, name } of context.commands) if (type === 'AT_SetNotNull') yield name;
}

const wasValidated = (context: Context, name: string): boolean => didBefore(context, ['validates', name]);

const wasAttached = (context: Context, table: Relation): boolean =>
  didBefore(context, ['attaches', table.name], ({ node }) =>
    all(as(node, 'AlterTableStmt')?.cmds, 'AlterTableCmd').some((command) => {
      const partition = command.subtype === 'AT_AttachPartition' ? as(command.def, 'PartitionCmd')?.name : undefined;
      return partition !== undefined && keyOf(context.world.relation(partition)) === keyOf(table);
    }),
  );
