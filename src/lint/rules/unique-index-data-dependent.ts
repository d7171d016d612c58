import { oldCommands, oldRelation } from '../context.ts';
import { qualified } from '../names.ts';
import { as } from '../nodes.ts';
import { provesNotNull } from '../proof.ts';
import type { Rule } from '../rule.ts';
import { columnNamed } from '../world/objects.ts';

export const uniqueIndexDataDependent: Rule = {
  id: 'unique-index-data-dependent',
  severity: 'info',
  optIn: true,
  summary: 'Whether it succeeds depends on the rows that are there.',
  why: 'It works on the test database and fails in production, on duplicates or on NULL, after the whole table was read. A concurrent build that fails leaves an invalid index. Count the rows that break the condition first.',
  lock: null,
  blocks: null,
  bad: [
    'CREATE UNIQUE INDEX CONCURRENTLY i ON users (email)',
    { sql: 'ALTER TABLE users ADD UNIQUE (email)', at: 'ADD UNIQUE (email)' },
    { sql: 'ALTER TABLE users ALTER email SET NOT NULL', at: 'ALTER email SET NOT NULL' },
  ],
  good: [
    'CREATE TABLE users (email text); CREATE UNIQUE INDEX i ON users (email)',
    'CREATE INDEX CONCURRENTLY i ON users (email)',
    'ALTER TABLE users ADD CONSTRAINT i UNIQUE USING INDEX i',
  ],
  on: ['IndexStmt', 'AT_AddConstraint', 'AT_SetNotNull'],
  *check(context) {
    const index = as(context.node, 'IndexStmt');
    const table = index?.unique ? oldRelation(context, index.relation) : null;
    if (table) yield { message: `It fails if ${qualified(table)} has equal rows.` };
    for (const { type, constraint, table: altered, name, at } of oldCommands(
      context,
      'AT_AddConstraint',
      'AT_SetNotNull',
    )) {
      if (type === 'AT_SetNotNull') {
        if (columnNamed(altered, name)?.notNull !== true && !provesNotNull(altered, name))
          yield { message: `It fails if ${qualified(altered)}.${name} is NULL anywhere.`, at };
      } else if (
        (constraint?.contype === 'CONSTR_UNIQUE' || constraint?.contype === 'CONSTR_PRIMARY') &&
        !constraint.indexname
      )
        yield { message: `It fails if ${qualified(altered)} has equal rows.`, at };
    }
  },
};
