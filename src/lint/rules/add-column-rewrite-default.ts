import { type AddedColumn, addedColumns, defaultOf, has } from '../columns.ts';
import { qualified, quoted } from '../names.ts';
import { alterTable, backfill, instead, notNullSteps } from '../rewrite.ts';
import type { Context, Rule } from '../rule.ts';
import { volatileCall } from '../volatile.ts';
import { readsAndWrites } from '../words.ts';
import { typeOf, typeText } from '../world/column-type.ts';

export const addColumnRewriteDefault: Rule = {
  id: 'add-column-rewrite-default',
  severity: 'error',
  scales: true,
  summary: 'A new column whose default is computed for each row.',
  why: 'A default that is the same for all rows is noted in the catalog. One that a VOLATILE function computes has to be written into every row: the table and its indexes are rewritten under a lock against everything, and all of it goes through the WAL.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['rewrite'],
  versions: 'Up to PostgreSQL 10 every default rewrites the table. now() and CURRENT_TIMESTAMP do not, from 11 on.',
  bad: [
    {
      sql: 'ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid()',
      at: 'ADD COLUMN token uuid DEFAULT gen_random_uuid()',
    },
    {
      sql: "ALTER TABLE users ADD seen timestamptz NOT NULL DEFAULT (clock_timestamp() - interval '1 day')",
      at: "ADD seen timestamptz NOT NULL DEFAULT (clock_timestamp() - interval '1 day')",
    },
    {
      sql: "CREATE FUNCTION code() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'; ALTER TABLE users ADD code text DEFAULT code()",
      at: 'ADD code text DEFAULT code()',
    },
    { sql: "ALTER TABLE users ADD plan text DEFAULT 'free'", pg: 10, at: "ADD plan text DEFAULT 'free'" },
    { sql: "ALTER TABLE users ADD n int DEFAULT nextval('s')", at: "ADD n int DEFAULT nextval('s')" },
  ],
  good: [
    'ALTER TABLE users ADD COLUMN created timestamptz NOT NULL DEFAULT now()',
    "ALTER TABLE users ADD tags text[] DEFAULT ARRAY[]::text[], ADD o jsonb DEFAULT jsonb_build_object('a', 1)",
    "CREATE FUNCTION code() RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT 1'; ALTER TABLE users ADD code text DEFAULT code()",
    'CREATE TABLE users (id bigint); ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid()',
    "ALTER TABLE users ADD who text DEFAULT CURRENT_USER, ADD d date DEFAULT CURRENT_DATE, ADD x text DEFAULT lower('X') || 'y'",
  ],
  on: ['AT_AddColumn'],
  *check(context) {
    for (const added of addedColumns(context)) {
      const value = defaultOf(added.def);
      if (value === undefined) continue;
      const call = volatileCall(value, context.world);
      if (call === null && context.pg > 10) continue;
      yield {
        message: `${call === null ? 'The default' : `${call}()`} is written into every row: ${qualified(added.table)} is rewritten while it is locked against reads and writes.`,
        at: added.at,
        fix: inSteps(context, added),
      };
    }
  },
};

function inSteps(context: Context, { def, command, table, name }: AddedColumn): string | null {
  const type = typeOf(def.typeName);
  const value = /\bDEFAULT\s+(.*?)(?:\s+NOT\s+NULL)?$/isu.exec(
    context.text.slice(command.at.start, command.at.end),
  )?.[1];
  const others = (def.constraints ?? []).length - 1 - (has(def, 'CONSTR_NOTNULL') ? 1 : 0);
  if (type === null || value === undefined || others > 0) return null;
  const alter = alterTable(context, table);
  return instead(context, command, [
    `${alter} ADD COLUMN ${quoted(name)} ${typeText(type)};\n${alter} ALTER COLUMN ${quoted(name)} SET DEFAULT ${value};`,
    backfill(table, name, value),
    ...(has(def, 'CONSTR_NOTNULL') ? notNullSteps(context, table, name) : []),
  ]);
}
