import { columnKinds, typedColumns } from '../columns.ts';
import type { Rule } from '../rule.ts';
import { serialBase, typeText } from '../world/column-type.ts';

export const preferIdentity: Rule = {
  id: 'prefer-identity',
  severity: 'info',
  optIn: true,
  summary: 'A column of type serial.',
  why: 'Its sequence has rights, an owner and a default of its own, which dumps, copies and restores get wrong. An identity column has none of that.',
  lock: null,
  blocks: null,
  bad: [
    { sql: 'CREATE TABLE users (a bigserial NOT NULL, b uuid)', at: 'a bigserial NOT NULL' },
    { sql: 'ALTER TABLE users ADD COLUMN a bigserial', at: 'ADD COLUMN a bigserial' },
  ],
  good: [
    'CREATE TABLE users (a bigint GENERATED ALWAYS AS IDENTITY, b bigint, c uuid)',
    'ALTER TABLE users ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY',
    'CREATE TEMP TABLE loaded (a bigserial)',
  ],
  on: columnKinds,
  *check(context) {
    for (const { name, type, at } of typedColumns(context))
      if (serialBase(type) !== null)
        yield { message: `${name} is ${typeText(type)}: write GENERATED … AS IDENTITY.`, at };
  },
};
