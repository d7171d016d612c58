import type { Node } from '@pgsql/types';
import { all, as } from './nodes.ts';
import { parseStatements } from './parse.ts';
import type { Statement } from './statement.ts';
import { assumeType } from './world/alter-table.ts';
import { keyOf } from './world/objects.ts';
import type { World } from './world/world.ts';

/** Takes what a script says of its columns for what is there before it, unless it adds them itself. */
export function assumeStated(world: World, stated: string, statements: readonly Statement[]): void {
  for (const { node } of parseStatements(stated))
    if (!statements.some((statement) => adds(world, statement.node, node))) assumeType(world, node);
}

function adds(world: World, node: Node, stated: Node): boolean {
  const [adding, saying] = [as(node, 'AlterTableStmt'), as(stated, 'AlterTableStmt')];
  if (!adding?.relation || !saying?.relation) return false;
  if (keyOf(world.relation(adding.relation)) !== keyOf(world.relation(saying.relation))) return false;
  const names = all(saying.cmds, 'AlterTableCmd').map(({ name }) => name);
  return all(adding.cmds, 'AlterTableCmd').some(
    ({ subtype, def }) => subtype === 'AT_AddColumn' && names.includes(as(def, 'ColumnDef')?.colname),
  );
}
