import type { Constraint } from '@pgsql/types';
import { oldCommands } from '../context.ts';
import { strings } from '../nodes.ts';
import { qualified, quoted, quotedList } from '../names.ts';
import { alterTable, instead, uniqueIndex, withoutInline } from '../rewrite.ts';
import type { Command, Context, Rule } from '../rule.ts';
import { readsAndWrites } from '../words.ts';
import { autoName, constraintsOf } from '../world/define-column.ts';

export const addUniqueConstraint: Rule = {
  id: 'add-unique-constraint',
  severity: 'error',
  scales: true,
  fixable: true,
  summary: 'A UNIQUE constraint that builds its index on a table in use.',
  why: 'The index is built under a lock against everything, and two equal rows make it fail at the end.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['index build'],
  versions: 'UNIQUE can not be NOT VALID in any version; NULLS NOT DISTINCT exists from PostgreSQL 15 on.',
  bad: [
    'ALTER TABLE users ADD CONSTRAINT users_email UNIQUE (email)',
    'ALTER TABLE users ADD UNIQUE (tenant, email)',
    { sql: 'ALTER TABLE users ADD COLUMN handle text UNIQUE', at: 'ADD COLUMN handle text UNIQUE' },
  ],
  good: [
    `CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);
     ALTER TABLE users ADD CONSTRAINT users_email UNIQUE USING INDEX users_email`,
    'CREATE TABLE users (email text); ALTER TABLE users ADD UNIQUE (email)',
    'CREATE TABLE users (email text UNIQUE)',
  ],
  on: ['AT_AddConstraint', 'AT_AddColumn'],
  *check(context) {
    for (const command of oldCommands(context, 'AT_AddConstraint', 'AT_AddColumn')) {
      const inline = command.column && constraintsOf(command.column).find(isUnique);
      const unique = inline ?? (command.constraint && isUnique(command.constraint) ? command.constraint : undefined);
      if (!unique) continue;
      yield {
        message: `The index is built while ${qualified(command.table)} is locked against reads and writes.`,
        at: command.at,
        fix: usingIndex(context, command, unique),
      };
    }
  },
};

const isUnique = ({ contype, indexname }: Constraint): boolean =>
  contype === 'CONSTR_UNIQUE' && indexname === undefined;

function usingIndex(context: Context, command: Command, unique: Constraint): string | null {
  const { table, column } = command;
  if (table.kind === 'partitioned' || unique.without_overlaps) return null;
  const columns = column ? [column.colname ?? ''] : strings(unique.keys);
  const name = unique.conname ?? autoName(table, 'unique', columns, null);
  const including = unique.including ? ` INCLUDE (${quotedList(strings(unique.including))})` : '';
  const nulls = unique.nulls_not_distinct ? ' NULLS NOT DISTINCT' : '';
  const deferrable = unique.deferrable ? ` DEFERRABLE${unique.initdeferred ? ' INITIALLY DEFERRED' : ''}` : '';
  const plain = column ? withoutInline(context, command, 'UNIQUE') : [];
  if (plain === null) return null;
  return instead(context, command, [
    ...plain,
    `-- outside a transaction:\n${uniqueIndex(table, name, columns, including + nulls)}`,
    `${alterTable(context, table)} ADD CONSTRAINT ${quoted(name)} UNIQUE USING INDEX ${quoted(name)}${deferrable};`,
  ]);
}
