import type { Table } from '../catalog/catalog.ts';
import { ident, join, qualified, sql, type RelationName } from '../sql/sql.ts';
import { createIndexConcurrently, type NewIndex } from './concurrent-index.ts';
import { low } from './risk.ts';
import type { Lock, Risk, Step } from './step.ts';

/**
 * PostgreSQL builds no index of a partitioned table concurrently: a definition without rows on it and on every partition that has
 * partitions, one index for each leaf, built while reads and writes go on, and at last these become parts of the definition.
 */
export function createPartitionedIndex(
  index: NewIndex,
  table: Table,
  nameOn: (table: RelationName) => RelationName,
  building: Risk,
): readonly Step[] {
  const upper = [table, ...table.partitions.filter((p) => !p.leaf)];
  const locks = (mode: Lock['mode'], tables: readonly RelationName[]): readonly Lock[] =>
    tables.map(({ schema, name }) => ({ relation: { schema, name }, mode, holds: 'instant' }));
  const whole = qualified(nameOn(table));
  const drop = sql`DROP INDEX IF EXISTS ${whole}`;
  const everything = [table, ...table.partitions];
  return [
    {
      slug: `define-${index.name}`,
      title: `Define the index ${index.name} on ${index.table.name}, as yet without its partitions`,
      kind: 'ddl',
      risk: low('it reads no row, and the lock is held for an instant', 'New partitions get theirs from now on.'),
      sql: join(
        upper.map(
          (t) =>
            sql`CREATE ${index.unique ? sql`UNIQUE INDEX` : sql`INDEX`} ${ident(nameOn(t).name)} ON ONLY ${qualified(t)} ${index.on}`,
        ),
        ';\n',
      ),
      locks: locks('SHARE', upper),
      undo: {
        sql: join([drop, ...upper.slice(1).map((t) => sql`DROP INDEX IF EXISTS ${qualified(nameOn(t))}`)], ';\n'),
        locks: locks('ACCESS EXCLUSIVE', upper),
      },
    },
    ...table.partitions
      .filter((p) => p.leaf)
      .map(({ schema, name }) =>
        createIndexConcurrently({ ...index, table: { schema, name }, name: nameOn({ schema, name }).name }, building),
      ),
    {
      slug: `attach-${index.name}`,
      title: `Make the partitions' indexes parts of ${index.name}`,
      kind: 'ddl',
      risk: low('it reads no row, and blocks neither reads nor writes', 'Undo drops the index with its parts.'),
      sql: join(
        [...table.partitions]
          .reverse()
          .map((p) => sql`ALTER INDEX ${qualified(nameOn(p.parent))} ATTACH PARTITION ${qualified(nameOn(p))}`),
        ';\n',
      ),
      locks: locks('ACCESS SHARE', everything),
      undo: { sql: drop, locks: locks('ACCESS EXCLUSIVE', everything) },
    },
  ];
}
