import type { RangeVar } from '@pgsql/types';
import { all, as, nameOf } from './nodes.ts';
import { actionsOf, whole } from './places.ts';
import type { Command, Context } from './rule.ts';
import type { Statement } from './statement.ts';
import type { Span } from './tokens.ts';
import { columnNamed, type Origin, type Relation } from './world/objects.ts';
import type { World } from './world/world.ts';

/** The actions of an ALTER TABLE on a table. */
export function commandsOf(statement: Statement, world: World): readonly Command[] {
  const alter = as(statement.node, 'AlterTableStmt');
  if (alter?.relation === undefined || alter.objtype !== 'OBJECT_TABLE') return [];
  const { relation } = alter;
  if (!world.find(nameOf(relation)) && world.findIndex(nameOf(relation))) return [];
  let spans: readonly Span[] | undefined;
  const spanOf = (i: number): Span =>
    (spans ??= actionsOf(statement, statement.index(relation.location ?? 0)))[i] ?? whole(statement);
  const table = world.relation(relation);
  return all(alter.cmds, 'AlterTableCmd').map((node, i) => ({
    ...{ type: node.subtype ?? 'AT_AddColumn', name: node.name ?? '', node, table },
    ...{ column: as(node.def, 'ColumnDef'), constraint: as(node.def, 'Constraint') },
    get at() {
      return spanOf(i);
    },
  }));
}

/** Somebody may be using it: the file did not make it, and it is no session's own. */
export const isOld = ({ world }: Context, thing: { readonly origin: Origin; readonly temporary?: boolean }): boolean =>
  thing.temporary !== true && !world.isNew(thing.origin);

/** The relation, unless this file made it. */
export function oldRelation(context: Context, named: RangeVar | undefined): Relation | null {
  if (named === undefined || named.relpersistence === 't') return null;
  const relation = context.world.relation(named);
  return isOld(context, relation) && relation.schema !== 'pg_temp' ? relation : null;
}

/** The actions on a table that was there before. */
export const oldCommands = (context: Context, ...types: readonly Command['type'][]): readonly Command[] =>
  context.commands.filter(
    (command) => types.includes(command.type) && isOld(context, command.table) && !addsNothing(command),
  );

/** ADD COLUMN IF NOT EXISTS of a column that is there. */
const addsNothing = ({ type, node, column, table }: Command): boolean =>
  type === 'AT_AddColumn' && node.missing_ok === true && columnNamed(table, column?.colname ?? '') !== undefined;
