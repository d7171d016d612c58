import { columnKinds, newColumns } from '../columns.ts';
import { edited } from '../rewrite.ts';
import { nameAt } from '../places.ts';
import type { Rule } from '../rule.ts';
import { typeOf } from '../world/column-type.ts';

export const addJsonColumn: Rule = {
  id: 'add-json-column',
  severity: 'warning',
  summary: 'A column of type json.',
  why: 'json has no equality: SELECT DISTINCT, GROUP BY and UNION over the row fail as soon as the column is there. jsonb has, and is faster to read.',
  lock: null,
  blocks: null,
  bad: [
    { sql: 'CREATE TABLE events (id bigint, data json NOT NULL)', at: 'data json NOT NULL' },
    { sql: 'ALTER TABLE events ADD COLUMN data json', at: 'ADD COLUMN data json' },
  ],
  good: [
    'CREATE TABLE events (id bigint, data jsonb)',
    'ALTER TABLE events ADD COLUMN data jsonb',
    'CREATE TEMPORARY TABLE loaded (data json)',
  ],
  on: columnKinds,
  *check(context) {
    for (const { def, name, at } of newColumns(context)) {
      const type = typeOf(def.typeName);
      if (type?.name !== 'json' || type.schema !== null) continue;
      const place = nameAt(context.statement, context.statement.index(def.typeName?.location ?? 0));
      yield {
        message: `${name} can not be compared: write jsonb.`,
        at,
        fix: edited(context, [{ ...place, to: 'jsonb' }]),
      };
    }
  },
};
