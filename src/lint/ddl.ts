import { locksOf } from './locks.ts';
import { as, type NodeKind } from './nodes.ts';
import type { Context } from './rule.ts';
import { atLeast, type LockMode } from './world/lock-mode.ts';
import { qualified } from './names.ts';

const notDdl = new Set<NodeKind>([
  ...(['VariableSetStmt', 'VariableShowStmt', 'TransactionStmt', 'SelectStmt', 'InsertStmt', 'UpdateStmt'] as const),
  ...(['DeleteStmt', 'MergeStmt', 'DoStmt', 'CopyStmt', 'CallStmt', 'ExplainStmt', 'ConstraintsSetStmt'] as const),
  ...(['PrepareStmt', 'ExecuteStmt', 'DeallocateStmt', 'DiscardStmt', 'NotifyStmt', 'ListenStmt', 'LoadStmt'] as const),
]);

/** The first statement of its file that changes the schema. */
export const isFirstDdl = ({ statements, position }: Context): boolean =>
  statements.findIndex(({ kind }) => !notDdl.has(kind)) === position;

/** The table in use that a statement locks against writes or more, and how; null when it locks none. */
export function blocked(context: Context): { readonly table: string; readonly mode: LockMode } | null {
  if (as(context.node, 'LockStmt')?.nowait) return null;
  const strong = locksOf(context.node, context.world, context.pg).filter(
    ({ relation, mode }) =>
      atLeast(mode, 'SHARE') &&
      ['table', 'partitioned', 'unnamed', 'foreign', 'matview'].includes(relation.kind) &&
      !relation.temporary &&
      relation.schema !== 'pg_temp' &&
      !context.world.isNew(relation.origin),
  );
  const [first] = strong;
  if (!first) return null;
  return {
    table: first.relation.kind === 'unnamed' ? first.relation.name : qualified(first.relation),
    mode: first.mode,
  };
}
