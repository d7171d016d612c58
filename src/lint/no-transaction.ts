import type { Node } from '@pgsql/types';
import { all, as, isOn, kindOf, kindsOf, nameOf, type NodeKind, type NodeOf, optionOf } from './nodes.ts';
import type { Context } from './rule.ts';

/** What a statement is called that PostgreSQL refuses inside a transaction; null when it does not. */
export function refusedInTransaction({ node, pg, world }: Context): string | null {
  const kind = kindOf(node);
  const find = refused[kind] as
    ((statement: unknown, pg: number, world: Context['world']) => string | null) | undefined;
  return find?.(as(node, kind), pg, world) ?? null;
}

const refused: {
  readonly [K in NodeKind]?: (statement: NodeOf<K>, pg: number, world: Context['world']) => string | null;
} = {
  IndexStmt: ({ concurrent }) => (concurrent ? 'CREATE INDEX CONCURRENTLY' : null),
  DropStmt: ({ concurrent }) => (concurrent ? 'DROP INDEX CONCURRENTLY' : null),
  ReindexStmt: ({ kind, params, relation }, _, world) => {
    if (isOn(optionOf(params, 'concurrently'))) return 'REINDEX CONCURRENTLY';
    if (kind !== 'REINDEX_OBJECT_TABLE' && kind !== 'REINDEX_OBJECT_INDEX') return 'REINDEX of more than one table';
    const partitioned = relation && world.find(nameOf(relation))?.kind === 'partitioned';
    return partitioned ? 'REINDEX of a partitioned table' : null;
  },
  AlterTableStmt: ({ cmds }) =>
    all(cmds, 'AlterTableCmd').some(
      ({ subtype, def }) => subtype === 'AT_DetachPartition' && as(def, 'PartitionCmd')?.concurrent,
    )
      ? 'DETACH PARTITION CONCURRENTLY'
      : null,
  VacuumStmt: ({ is_vacuumcmd: isVacuum }) => (isVacuum ? 'VACUUM' : null),
  ClusterStmt: ({ relation }) => (relation ? null : 'CLUSTER of all tables'),
  CreatedbStmt: () => 'CREATE DATABASE',
  DropdbStmt: () => 'DROP DATABASE',
  CreateTableSpaceStmt: () => 'CREATE TABLESPACE',
  DropTableSpaceStmt: () => 'DROP TABLESPACE',
  AlterSystemStmt: () => 'ALTER SYSTEM',
  AlterEnumStmt: ({ oldVal }, pg) => (oldVal === undefined && pg < 12 ? 'ALTER TYPE ADD VALUE' : null),
};

/** The statements that may be refused inside a transaction. */
export const refusedKinds = kindsOf(refused);

/** The same of a statement of which nothing else is known. */
export const isRefused = (node: Node): boolean =>
  as(node, 'IndexStmt')?.concurrent === true ||
  as(node, 'DropStmt')?.concurrent === true ||
  as(node, 'VacuumStmt')?.is_vacuumcmd === true ||
  isOn(optionOf(as(node, 'ReindexStmt')?.params, 'concurrently'));
