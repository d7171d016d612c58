import type { Node, RangeVar } from '@pgsql/types';
import { oldRelation } from './context.ts';
import {
  as,
  columnOf,
  conjuncts,
  constantOf,
  contains,
  kindOf,
  kindsOf,
  type NodeKind,
  type NodeOf,
  strings,
} from './nodes.ts';
import type { Context } from './rule.ts';
import type { Relation } from './world/objects.ts';

/** What a statement does for as long as a table is large; null when it does nothing of the kind. */
export function longWork(context: Context): string | null {
  const kind = kindOf(context.node);
  const find = works[kind] as ((statement: unknown, context: Context) => string | null) | undefined;
  return find?.(as(context.node, kind), context) ?? null;
}

const works: { readonly [K in NodeKind]?: (statement: NodeOf<K>, context: Context) => string | null } = {
  UpdateStmt: ({ relation, whereClause }, context) => changesMany(context, relation, whereClause, 'UPDATE'),
  DeleteStmt: ({ relation, whereClause }, context) => changesMany(context, relation, whereClause, 'DELETE'),
  InsertStmt: ({ selectStmt }, context) => (readsMany(context, selectStmt) ? 'INSERT … SELECT' : null),
  MergeStmt: ({ relation }, context) => (oldRelation(context, relation) ? 'MERGE' : null),
  CopyStmt: ({ relation, is_from: isFrom, query }, context) =>
    (isFrom && relation) || oldRelation(context, relation) || readsTables(context, query) ? 'COPY' : null,
  IndexStmt: ({ relation, concurrent }, context) =>
    !concurrent && oldRelation(context, relation) ? 'the build of an index' : null,
  AlterTableStmt: (_, context) =>
    context.commands.some(({ type, table }) => type === 'AT_ValidateConstraint' && oldTable(context, table))
      ? 'VALIDATE CONSTRAINT'
      : null,
  RefreshMatViewStmt: ({ relation, skipData }, context) =>
    !skipData && oldRelation(context, relation) ? 'REFRESH MATERIALIZED VIEW' : null,
  CreateTableAsStmt: ({ query, into }, context) =>
    !into?.skipData && readsTables(context, query) ? 'CREATE … AS SELECT' : null,
  SelectStmt: (select, context) =>
    select.intoClause && readsTables(context, { SelectStmt: select }) ? 'SELECT INTO' : null,
};

/** The statements that may take as long as a table is large. */
export const longKinds = kindsOf(works);

const oldTable = ({ world }: Context, table: Relation): boolean => !world.isNew(table.origin) && !table.temporary;

/** A query over tables that were there before. */
function readsTables(context: Context, query: Node | undefined): boolean {
  return query !== undefined && contains([query], 'RangeVar', (relation) => oldRelation(context, relation) !== null);
}

/** The same, of a query that may give more than one row. */
function readsMany(context: Context, query: Node | undefined): boolean {
  const select = as(query, 'SelectStmt');
  if (select?.larg && select.rarg)
    return [select.larg, select.rarg].some((side) => readsMany(context, { SelectStmt: side }));
  return contains(
    [select?.fromClause, select?.withClause],
    'RangeVar',
    (table) => oldRelation(context, table) !== null,
  );
}

function changesMany(
  context: Context,
  relation: RangeVar | undefined,
  condition: Node | undefined,
  verb: string,
): string | null {
  const table = oldRelation(context, relation);
  return table && !isOneRow(table, condition) ? verb : null;
}

/** A key is compared with a constant. */
function isOneRow(table: Relation, condition: Node | undefined): boolean {
  const keys = table.constraints
    .filter(({ kind, columns }) => (kind === 'primary' || kind === 'unique') && columns.length === 1)
    .flatMap(({ columns }) => columns);
  return conjuncts(condition).some((node) => {
    const compared = as(node, 'A_Expr');
    const column = columnOf(compared?.lexpr);
    if (compared?.kind !== 'AEXPR_OP' || strings(compared.name)[0] !== '=' || column === null) return false;
    return constantOf(compared.rexpr) !== undefined && (column === 'id' || keys.includes(column));
  });
}
