import type { FuncCall, Node } from '@pgsql/types';
import { walk } from '../sql/expressions.ts';
import { nameIn } from './nodes.ts';
import { steadyFunctions } from './steady-functions.ts';
import type { World } from './world/world.ts';

/** The function that makes an expression differ from row to row; null when none does. What nobody declared counts as VOLATILE, as it does for PostgreSQL. */
export function volatileCall(expression: Node | undefined, world: World): string | null {
  let found: string | null = null;
  walk([expression], (kind, node) => {
    if (kind === 'FuncCall' && found === null && isVolatile(node as FuncCall, world))
      found = nameIn((node as FuncCall).funcname).name;
  });
  return found;
}

function isVolatile({ funcname }: FuncCall, world: World): boolean {
  const name = nameIn(funcname);
  const own = name.schema === 'pg_catalog' ? undefined : world.findRoutine(name);
  if (own) return own.volatility === 'volatile';
  return !((name.schema === null || name.schema === 'pg_catalog') && steadyFunctions.has(name.name));
}
