import type { Node } from '@pgsql/types';
import { as, columnOf, conjuncts } from './nodes.ts';
import type { Relation } from './world/objects.ts';

/** A condition that can not hold when the column is NULL, in the one form that PostgreSQL recognizes without knowing operators. */
export const saysNotNull = (condition: Node | null, column: string): boolean =>
  conjuncts(condition ?? undefined).some((node) => {
    const test = as(node, 'NullTest');
    return test?.nulltesttype === 'IS_NOT_NULL' && columnOf(test.arg) === column;
  });

/** A validated CHECK says that no row has NULL there, so that SET NOT NULL need not look. */
export const provesNotNull = (table: Relation, column: string): boolean =>
  table.constraints.some(
    ({ kind, validated, expression, columns }) =>
      kind === 'check' && validated && columns.includes(column) && saysNotNull(expression, column),
  );
