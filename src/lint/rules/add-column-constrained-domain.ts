import { addedColumns } from '../columns.ts';
import { isConstrainedDomain } from '../domains.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { readsAndWrites } from '../words.ts';
import { typeOf, typeText } from '../world/column-type.ts';

export const addColumnConstrainedDomain: Rule = {
  id: 'add-column-constrained-domain',
  severity: 'error',
  scales: true,
  summary: 'A new column of a domain with a CHECK or NOT NULL.',
  why: 'To see whether the domain allows its value, PostgreSQL rewrites the whole table, even when the column has no default. With the base type and a CHECK that is NOT VALID nothing is rewritten.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['rewrite'],
  versions: 'All. Arrays of such a domain are not affected.',
  bad: [
    {
      sql: "CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%'); ALTER TABLE users ADD COLUMN mail email",
      at: 'ADD COLUMN mail email',
    },
    {
      sql: 'ALTER TABLE users ADD COLUMN mail work_email',
      schema: 'CREATE DOMAIN email AS text NOT NULL; CREATE DOMAIN work_email AS email',
      at: 'ADD COLUMN mail work_email',
    },
    {
      sql: "ALTER DOMAIN email ADD CHECK (VALUE <> '') NOT VALID; ALTER TABLE users ADD mail email",
      at: 'ADD mail email',
    },
  ],
  good: [
    'CREATE DOMAIN email AS text; ALTER TABLE users ADD COLUMN mail email',
    {
      sql: 'ALTER TABLE users ADD COLUMN mails email[]',
      schema: "CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%')",
    },
    "CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%'); CREATE TABLE users (mail email)",
  ],
  on: ['AT_AddColumn'],
  *check(context) {
    for (const { def, at, table } of addedColumns(context)) {
      const type = typeOf(def.typeName);
      if (type === null || !isConstrainedDomain(type, context.world)) continue;
      yield {
        message: `${typeText(type)} is a domain with a condition: ${qualified(table)} is rewritten while it is locked against reads and writes.`,
        at,
      };
    }
  },
};
