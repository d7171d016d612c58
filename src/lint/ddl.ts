import { locksOf } from './locks.ts';
import { as } from './nodes.ts';
import { outlineOf } from './outline.ts';
import type { Context } from './rule.ts';
import { atLeast, type LockMode } from './world/lock-mode.ts';
import { qualified } from './names.ts';

/** The first statement of its file that changes the schema. */
export const isFirstDdl = ({ statements, position }: Context): boolean => outlineOf(statements).firstDdl === position;

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
