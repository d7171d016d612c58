import { oldCommands } from '../context.ts';
import { qualified } from '../names.ts';
import { provesNotNull } from '../proof.ts';
import { alterTable, instead, notNullSteps, written } from '../rewrite.ts';
import type { Rule } from '../rule.ts';
import { listed, readsAndWrites } from '../words.ts';
import { columnNamed } from '../world/objects.ts';

export const primaryKeyUsingNullableIndex: Rule = {
  id: 'primary-key-using-nullable-index',
  severity: 'warning',
  scales: true,
  fixable: true,
  summary: 'PRIMARY KEY USING INDEX on columns that may be NULL.',
  why: 'The index is there already, but columns that are not NOT NULL are searched for NULL under a lock against everything.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: readsAndWrites,
  work: ['scan'],
  bad: [
    {
      sql: `CREATE UNIQUE INDEX CONCURRENTLY users_pk ON users (id);
        ALTER TABLE users ADD CONSTRAINT users_pk PRIMARY KEY USING INDEX users_pk`,
      schema: 'CREATE TABLE users (id bigint)',
      at: 'ADD CONSTRAINT users_pk PRIMARY KEY USING INDEX users_pk',
    },
    { sql: 'ALTER TABLE users ADD PRIMARY KEY USING INDEX users_pk', at: 'ADD PRIMARY KEY USING INDEX users_pk' },
  ],
  good: [
    {
      sql: `CREATE UNIQUE INDEX CONCURRENTLY users_pk ON users (id);
        ALTER TABLE users ADD CONSTRAINT users_pk PRIMARY KEY USING INDEX users_pk`,
      schema: 'CREATE TABLE users (id bigint NOT NULL)',
    },
    `CREATE UNIQUE INDEX CONCURRENTLY users_pk ON users (id);
     ALTER TABLE users ADD CONSTRAINT c CHECK (id IS NOT NULL) NOT VALID;
     ALTER TABLE users VALIDATE CONSTRAINT c;
     ALTER TABLE users ALTER id SET NOT NULL;
     ALTER TABLE users ADD PRIMARY KEY USING INDEX users_pk`,
  ],
  on: ['AT_AddConstraint'],
  *check(context) {
    for (const command of oldCommands(context, 'AT_AddConstraint')) {
      const { constraint, table } = command;
      if (constraint?.contype !== 'CONSTR_PRIMARY' || constraint.indexname === undefined) continue;
      const index = context.world.findIndex({ schema: table.schema, name: constraint.indexname });
      const columns = index?.columns.map((column) => column ?? '') ?? [];
      const nullable = columns.filter(
        (column) => columnNamed(table, column)?.notNull !== true && !(context.pg >= 12 && provesNotNull(table, column)),
      );
      if (index && nullable.length === 0) continue;
      const steps = nullable.flatMap((column) => notNullSteps(context, table, column));
      const add = `${alterTable(context, table)} ${written(context, command.at)};`;
      yield {
        message: index
          ? `${listed(nullable)} may be NULL: all of ${qualified(table)} is read to see, while it is locked against reads and writes.`
          : `Unless every column of ${constraint.indexname} is NOT NULL, all of ${qualified(table)} is read under its lock.`,
        at: command.at,
        fix: steps.length > 0 ? instead(context, command, [...steps, add]) : null,
      };
    }
  },
};
