import { provesBounds } from '../bounds.ts';
import { isOld, oldRelation } from '../context.ts';
import { as } from '../nodes.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';

const byDay = 'CREATE TABLE orders (day date, id bigint) PARTITION BY RANGE (day)';

export const attachPartitionScan: Rule = {
  id: 'attach-partition-scan',
  severity: 'error',
  scales: true,
  summary: 'ATTACH PARTITION of a table whose rows have to be checked.',
  why: 'To be sure that every row belongs there, PostgreSQL reads the whole table under a lock against everything, unless a validated CHECK says the same, NOT NULL included. A DEFAULT partition is read too, for rows that belong into the new one. Indexes that the partition lacks are built under the lock as well.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of the partition, and of the DEFAULT partition, while they are read',
  work: ['scan'],
  versions: 'Up to PostgreSQL 11 the partitioned table itself is locked against everything.',
  bad: [
    {
      sql: "ALTER TABLE orders ATTACH PARTITION orders_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
      at: "ATTACH PARTITION orders_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    },
    {
      sql: "ALTER TABLE orders ATTACH PARTITION o24 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
      schema: `${byDay}; CREATE TABLE o24 (day date, id bigint, CHECK (day >= '2024-01-01' AND day < '2025-01-01'))`,
    },
    {
      sql: "CREATE TABLE o24 (day date, id bigint); ALTER TABLE orders ATTACH PARTITION o24 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
      schema: `${byDay}; CREATE TABLE rest PARTITION OF orders DEFAULT`,
    },
    {
      sql: `ALTER TABLE o24 ADD CONSTRAINT c CHECK (day IS NOT NULL AND day >= '2024-01-01' AND day < '2025-01-01') NOT VALID;
        ALTER TABLE orders ATTACH PARTITION o24 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')`,
    },
  ],
  good: [
    `ALTER TABLE o24 ADD CONSTRAINT c CHECK (day IS NOT NULL AND day >= '2024-01-01' AND day < '2025-01-01') NOT VALID;
     ALTER TABLE o24 VALIDATE CONSTRAINT c;
     ALTER TABLE orders ATTACH PARTITION o24 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')`,
    {
      sql: 'ALTER TABLE shops ATTACH PARTITION shops_1 FOR VALUES IN (1, 2)',
      schema: `CREATE TABLE shops (id int) PARTITION BY LIST (id); CREATE TABLE shops_1 (id int NOT NULL, CHECK (id IN (1, 2)))`,
    },
    "CREATE TABLE o24 (day date); ALTER TABLE orders ATTACH PARTITION o24 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    'ALTER INDEX orders_by_day ATTACH PARTITION o24_by_day',
  ],
  on: ['AT_AttachPartition'],
  *check(context) {
    for (const { type, node, table, at } of context.commands) {
      const command = type === 'AT_AttachPartition' ? as(node.def, 'PartitionCmd') : undefined;
      if (!command?.name || !command.bound) continue;
      const partition = oldRelation(context, command.name);
      const rest = table.defaultPartition === null ? null : context.world.byKey(table.defaultPartition);
      if (rest && isOld(context, rest))
        yield {
          message: `All of ${qualified(rest)}, the DEFAULT partition, is read while it is locked against reads and writes.`,
          at,
        };
      else if (partition && !isFirst(table, command.bound.is_default) && !provesBounds(partition, table, command.bound))
        yield { message: `All of ${qualified(partition)} is read while it is locked against reads and writes.`, at };
    }
  },
};

/** A DEFAULT partition that has no others beside it takes every row. */
const isFirst = (
  parent: { readonly complete: boolean; readonly partitions: readonly string[] },
  isDefault = false,
): boolean => isDefault && parent.complete && parent.partitions.length === 0;
