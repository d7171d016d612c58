import type { A_Expr, Node } from '@pgsql/types';
import { as, columnOf, constantOf } from './nodes.ts';
import type { Relation } from './world/objects.ts';

/** A condition that can not hold when the column is NULL, in a form that PostgreSQL recognizes without knowing operators. */
export const saysNotNull = (condition: Node | null, column: string): boolean =>
  condition !== null && demands(condition, column, true);

/** Whether a condition that is true, or one that is false, means that the column is not NULL. */
function demands(condition: Node, column: string, isTrue: boolean): boolean {
  const parts = as(condition, 'BoolExpr');
  if (parts) {
    const isDemanded = (part: Node) => demands(part, column, parts.boolop === 'NOT_EXPR' ? !isTrue : isTrue);
    const oneIsEnough = parts.boolop === 'NOT_EXPR' || (parts.boolop === 'AND_EXPR') === isTrue;
    return oneIsEnough ? (parts.args ?? []).some(isDemanded) : (parts.args ?? []).every(isDemanded);
  }
  const test = as(condition, 'NullTest');
  if (test) return (test.nulltesttype === 'IS_NOT_NULL') === isTrue && columnOf(test.arg) === column;
  const compared = as(condition, 'A_Expr');
  return compared?.kind === (isTrue ? 'AEXPR_DISTINCT' : 'AEXPR_NOT_DISTINCT') && isAgainstNull(compared, column);
}

const isAgainstNull = ({ lexpr, rexpr }: A_Expr, column: string): boolean =>
  (columnOf(lexpr) === column && constantOf(rexpr) === null) ||
  (columnOf(rexpr) === column && constantOf(lexpr) === null);

/** A validated CHECK says that no row has NULL there, so that SET NOT NULL need not look. */
export const provesNotNull = (table: Relation, column: string): boolean =>
  table.constraints.some(
    ({ kind, validated, expression, columns }) =>
      kind === 'check' && validated && columns.includes(column) && saysNotNull(expression, column),
  );
