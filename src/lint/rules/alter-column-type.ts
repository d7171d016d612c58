import { oldCommands } from '../context.ts';
import { qualified, quoted } from '../names.ts';
import { alterTable } from '../rewrite.ts';
import type { Command, Context, Rule } from '../rule.ts';
import { whyTypeChangeIsSlow } from '../type-change.ts';
import { readsAndWrites } from '../words.ts';
import { typeOf, typeText } from '../world/column-type.ts';
import { columnNamed } from '../world/objects.ts';

const varchar20 = 'CREATE TABLE users (id int, name varchar(20), price numeric(8,2), at timestamp)';

export const alterColumnType: Rule = {
  id: 'alter-column-type',
  severity: 'error',
  scales: true,
  summary: 'A change of type that rewrites the table, rebuilds an index or checks all rows again.',
  why: 'The table and its indexes are written anew under a lock against everything. A foreign key of the column locks and checks the other table as well. The column’s statistics are gone until ANALYZE, and prepared statements that read all columns fail once.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['rewrite', 'index build', 'scan'],
  versions:
    'From PostgreSQL 12 on timestamp and timestamptz turn into each other for free, in a session whose time zone is UTC.',
  bad: [
    { sql: 'ALTER TABLE users ALTER COLUMN id TYPE bigint', schema: varchar20, at: 'ALTER COLUMN id TYPE bigint' },
    { sql: 'ALTER TABLE users ALTER name TYPE varchar(10)', schema: varchar20, at: 'ALTER name TYPE varchar(10)' },
    { sql: 'ALTER TABLE accounts ALTER name TYPE text', at: 'ALTER name TYPE text' },
    {
      sql: 'ALTER TABLE users ALTER price TYPE numeric(10,3)',
      schema: varchar20,
      at: 'ALTER price TYPE numeric(10,3)',
    },
    { sql: 'ALTER TABLE users ALTER at TYPE timestamptz', schema: varchar20, at: 'ALTER at TYPE timestamptz' },
    {
      sql: "SET timezone = 'UTC'; ALTER TABLE users ALTER at TYPE timestamptz USING at AT TIME ZONE 'UTC'",
      schema: varchar20,
      at: "ALTER at TYPE timestamptz USING at AT TIME ZONE 'UTC'",
    },
    {
      sql: 'ALTER TABLE users ALTER name TYPE varchar(40)',
      schema: "CREATE TABLE users (name varchar(20) CHECK (name <> ''))",
      at: 'ALTER name TYPE varchar(40)',
    },
    {
      sql: 'ALTER TABLE users ALTER name TYPE text',
      schema: `${varchar20}; CREATE INDEX ON users (id) WHERE name IS NOT NULL`,
      at: 'ALTER name TYPE text',
    },
    {
      sql: 'ALTER TABLE users ALTER names TYPE varchar(40)[]',
      schema: 'CREATE TABLE users (names varchar(20)[])',
      at: 'ALTER names TYPE varchar(40)[]',
    },
  ],
  good: [
    { sql: 'ALTER TABLE users ALTER name TYPE varchar(40)', schema: `${varchar20}; CREATE INDEX ON users (name)` },
    { sql: 'ALTER TABLE users ALTER name SET DATA TYPE text USING name::text', schema: varchar20 },
    { sql: 'ALTER TABLE users ALTER price TYPE numeric(12,2), ALTER name TYPE varchar', schema: varchar20 },
    { sql: "SET timezone = 'UTC'; ALTER TABLE users ALTER at TYPE timestamptz", schema: varchar20 },
    { sql: 'ALTER TABLE users ALTER at TYPE timestamp(6)', schema: varchar20 },
    {
      sql: 'ALTER TABLE users ALTER names TYPE varchar[], ALTER prices TYPE numeric[], ALTER days TYPE timestamp[]',
      schema: 'CREATE TABLE users (names varchar(20)[], prices numeric(5,2)[], days timestamp(3)[])',
    },
    'CREATE TABLE users (id int); ALTER TABLE users ALTER id TYPE bigint',
  ],
  on: ['AT_AlterColumnType'],
  *check(context) {
    for (const command of oldCommands(context, 'AT_AlterColumnType')) {
      const why = whyTypeChangeIsSlow(context, command);
      if (why === null) continue;
      const other = command.table.constraints.find((c) => c.references !== null && c.columns.includes(command.name));
      const also = other?.references ? ` ${qualified(context.world.byKey(other.references))} is locked with it.` : '';
      yield {
        message: `${qualified(command.table)} is locked against reads and writes meanwhile: ${why}.${also}`,
        at: command.at,
        fix: besides(context, command),
      };
    }
  },
};

/** A second column that takes over; only the application can say when it writes both. */
function besides(context: Context, { table, name, column }: Command): string | null {
  const type = typeOf(column?.typeName);
  if (type === null || context.commands.length > 1) return null;
  const copy = quoted(`${name}_new`);
  const cast = column?.raw_default ? '…' : `${quoted(name)}::${typeText(type)}`;
  const alter = alterTable(context, table);
  return [
    `${alter} ADD COLUMN ${copy} ${typeText(type)};`,
    `-- write both columns from now on, in the application or by a trigger`,
    `-- UPDATE ${qualified(table)} SET ${copy} = ${cast} WHERE … ; -- in batches, by key`,
    ...(columnNamed(table, name)?.notNull
      ? [`-- then make ${copy} NOT NULL, with a CHECK that is NOT VALID and validated`]
      : []),
    `-- then read ${copy}, stop writing ${quoted(name)}, and drop it`,
  ].join('\n');
}
