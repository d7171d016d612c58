import type { Constraint } from '@pgsql/types';
import { oldCommands } from '../context.ts';
import { strings } from '../nodes.ts';
import { qualified, quoted } from '../names.ts';
import { alterTable, instead, notNullSteps, uniqueIndex } from '../rewrite.ts';
import type { Command, Context, Rule } from '../rule.ts';
import { readsAndWrites } from '../words.ts';
import { autoName, constraintsOf } from '../world/define-column.ts';

export const addPrimaryKey: Rule = {
  id: 'add-primary-key',
  severity: 'error',
  scales: true,
  fixable: true,
  summary: 'A primary key that builds its index on a table in use.',
  why: 'Under one lock against everything the index is built, and the columns are searched for NULL when they are not NOT NULL yet.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['index build'],
  bad: [
    'ALTER TABLE users ADD PRIMARY KEY (id)',
    'ALTER TABLE users ADD CONSTRAINT users_pk PRIMARY KEY (tenant, id)',
    { sql: 'ALTER TABLE users ADD COLUMN id bigint PRIMARY KEY', at: 'ADD COLUMN id bigint PRIMARY KEY' },
  ],
  good: [
    'ALTER TABLE users ADD CONSTRAINT users_pk PRIMARY KEY USING INDEX users_pk',
    'CREATE TABLE users (id bigint); ALTER TABLE users ADD PRIMARY KEY (id)',
  ],
  on: ['AT_AddConstraint', 'AT_AddColumn'],
  *check(context) {
    for (const command of oldCommands(context, 'AT_AddConstraint', 'AT_AddColumn')) {
      const inline = command.column && constraintsOf(command.column).some(isKey);
      if (!inline && !(command.constraint && isKey(command.constraint))) continue;
      yield {
        message: `The index is built while ${qualified(command.table)} is locked against reads and writes.`,
        at: command.at,
        fix: command.constraint ? usingIndex(context, command, command.constraint) : null,
      };
    }
  },
};

const isKey = ({ contype, indexname }: Constraint): boolean => contype === 'CONSTR_PRIMARY' && indexname === undefined;

function usingIndex(context: Context, command: Command, key: Constraint): string | null {
  const { table } = command;
  if (table.kind === 'partitioned' || key.without_overlaps) return null;
  const columns = strings(key.keys);
  const name = key.conname ?? autoName(table, 'primary', columns, null);
  return instead(context, command, [
    `-- outside a transaction:\n${uniqueIndex(table, name, columns)}`,
    ...columns.flatMap((column) => notNullSteps(context, table, column)),
    `${alterTable(context, table)} ADD CONSTRAINT ${quoted(name)} PRIMARY KEY USING INDEX ${quoted(name)};`,
  ]);
}
