import { isNewColumn } from '../columns.ts';
import { oldCommands } from '../context.ts';
import { qualified } from '../names.ts';
import { constantOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { briefly } from '../words.ts';
import { columnNamed } from '../world/objects.ts';

export const dropDefaultAfterAddNotNull: Rule = {
  id: 'drop-default-after-add-not-null',
  severity: 'warning',
  summary: 'A new NOT NULL column loses its default in the file that added it.',
  why: 'Code of the version before does not know the column. Without the default its INSERTs fail with 23502 for as long as the deployment takes.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: briefly,
  bad: [
    {
      sql: "ALTER TABLE users ADD COLUMN plan text DEFAULT 'free' NOT NULL; ALTER TABLE users ALTER COLUMN plan DROP DEFAULT",
      at: 'ALTER COLUMN plan DROP DEFAULT',
    },
    {
      sql: "BEGIN; ALTER TABLE users ADD plan text DEFAULT '' NOT NULL; ALTER TABLE public.users ALTER plan SET DEFAULT NULL; COMMIT",
      at: 'ALTER plan SET DEFAULT NULL',
    },
  ],
  good: [
    "ALTER TABLE users ADD COLUMN plan text DEFAULT 'free'; ALTER TABLE users ALTER COLUMN plan DROP DEFAULT",
    'ALTER TABLE users ALTER COLUMN plan DROP DEFAULT',
    "CREATE TABLE users (id int); ALTER TABLE users ADD plan text DEFAULT '' NOT NULL; ALTER TABLE users ALTER plan DROP DEFAULT",
  ],
  on: ['AT_ColumnDefault'],
  *check(context) {
    for (const { table, name, node, at } of oldCommands(context, 'AT_ColumnDefault')) {
      const column = columnNamed(table, name);
      const dropped = node.def === undefined || constantOf(node.def) === null;
      if (!dropped || !column?.notNull || column.default === null || !isNewColumn(context, table, name)) continue;
      yield { message: `INSERTs into ${qualified(table)} by code that does not know ${name} fail from now on.`, at };
    }
  },
};
