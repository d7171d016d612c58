import type { Node } from '@pgsql/types';
import {
  all,
  as,
  columnOf,
  conjuncts,
  constantOf,
  contains,
  nameOf,
  type NodeKind,
  type NodeOf,
  sameTree,
  strings,
} from './nodes.ts';

/** A condition that every row fulfils. */
export function isTautology(condition: Node | undefined): boolean {
  if (condition === undefined) return true;
  const both = as(condition, 'BoolExpr');
  if (both?.boolop === 'AND_EXPR') return (both.args ?? []).every(isTautology);
  if (both?.boolop === 'OR_EXPR') return (both.args ?? []).some(isTautology);
  if (constantOf(condition) === true) return true;
  const compared = as(condition, 'A_Expr');
  if (compared?.kind !== 'AEXPR_OP' || !['=', '<=', '>='].includes(strings(compared.name)[0] ?? '')) return false;
  return sameTree(compared.lexpr, compared.rexpr);
}

/** Columns that a condition asks to be NULL. */
export const columnsAskedNull = (condition: Node | undefined): readonly string[] =>
  conjuncts(condition).flatMap((node) => {
    const test = as(node, 'NullTest');
    const column = test?.nulltesttype === 'IS_NULL' ? columnOf(test.arg) : null;
    return column ?? [];
  });

/** A condition that leaves some rows out by a value: a comparison, a list, a range, or a query with a LIMIT. */
export const boundsRows = (node: Node): boolean =>
  (as(node, 'A_Expr') !== undefined && !isTautology(node)) ||
  as(node, 'CurrentOfExpr') !== undefined ||
  isLimited(node) ||
  hasSubquery(node);

/** A list of the table's own rows, of all or of those without a value, and no LIMIT: it leaves none out. */
export function listsItself(node: Node, table: string): boolean {
  const select = as(as(node, 'SubLink')?.subselect, 'SelectStmt');
  if (!select || isLimited(node)) return false;
  const [from, ...more] = all(select.fromClause, 'RangeVar');
  if (from === undefined || more.length > 0 || nameOf(from).name !== table) return false;
  return isTautology(select.whereClause) || conjuncts(select.whereClause).every((n) => as(n, 'NullTest') !== undefined);
}

const hasSubquery = (node: Node): boolean => as(node, 'SubLink') !== undefined;

const isLimited = (node: Node): boolean => contains([node], 'SelectStmt', ({ limitCount }) => limitCount !== undefined);

/** The table is joined with itself, row by row, and nothing leaves rows out. */
export function joinsItself(table: string, from: readonly Node[] | undefined, condition: Node | undefined): boolean {
  const others = all(from, 'RangeVar');
  if (others.length === 0 || others.length !== (from ?? []).length) return false;
  if (others.some((other) => nameOf(other).name !== table)) return false;
  return conjuncts(condition).every((node) => {
    const compared = as(node, 'A_Expr');
    const [left, right] = [columnOf(compared?.lexpr), columnOf(compared?.rexpr)];
    return compared?.kind === 'AEXPR_OP' && left !== null && left === right;
  });
}

/** The statements that change rows, and those that may in their WITH. */
export const writingKinds: readonly NodeKind[] = ['SelectStmt', 'UpdateStmt', 'DeleteStmt', 'InsertStmt'];

/** The statement itself, if it is of the kind, and those in its WITH. */
export function written<K extends 'UpdateStmt' | 'DeleteStmt'>(node: Node, kind: K): readonly NodeOf<K>[] {
  const clause = (as(node, 'SelectStmt') ?? as(node, 'UpdateStmt') ?? as(node, 'DeleteStmt') ?? as(node, 'InsertStmt'))
    ?.withClause;
  const inside = all(clause?.ctes, 'CommonTableExpr').flatMap(({ ctequery }) => as(ctequery, kind) ?? []);
  const own = as(node, kind);
  return own ? [own, ...inside] : inside;
}
