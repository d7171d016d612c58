import { oldCommands } from '../context.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { readsAndWrites } from '../words.ts';

export const addExclusionConstraint: Rule = {
  id: 'add-exclusion-constraint',
  severity: 'error',
  scales: true,
  summary: 'An exclusion constraint on a table in use.',
  why: 'Its index is built under a lock against everything, and there is no form that is built beside the table or checked later. What is left is a new table that is swapped in, or a window in which nobody works.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['index build'],
  bad: [
    'ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&)',
    'ALTER TABLE bookings ADD EXCLUDE USING gist (during WITH &&) WHERE (active)',
  ],
  good: [
    'CREATE TABLE bookings (room int, during tsrange, EXCLUDE USING gist (during WITH &&))',
    'CREATE TABLE bookings (during tsrange); ALTER TABLE bookings ADD EXCLUDE USING gist (during WITH &&)',
  ],
  on: ['AT_AddConstraint'],
  *check(context) {
    for (const { constraint, table, at } of oldCommands(context, 'AT_AddConstraint'))
      if (constraint?.contype === 'CONSTR_EXCLUSION')
        yield { message: `The index is built while ${qualified(table)} is locked against reads and writes.`, at };
  },
};
