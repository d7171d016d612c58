import type { Node, PartitionBoundSpec } from '@pgsql/types';
import { all, as, columnOf, conjuncts, constantOf, strings } from './nodes.ts';
import { saysNotNull } from './proof.ts';
import { columnNamed, type Relation } from './world/objects.ts';

/** Whether what is validated on a table already says that all its rows are within the bounds of the partition it becomes. */
export function provesBounds(partition: Relation, parent: Relation, bound: PartitionBoundSpec): boolean {
  const conditions = partition.constraints
    .filter(({ kind, validated }) => kind === 'check' && validated)
    .flatMap(({ expression }) => conjuncts(expression ?? undefined));
  const key = all(parent.partitionKey, 'PartitionElem').map(({ name }) => name ?? null);
  const columns = key.length > 0 ? key : [...new Set(conditions.map(comparedColumn))];
  const isNeverNull = (column: string) =>
    columnNamed(partition, column)?.notNull === true || conditions.some((condition) => saysNotNull(condition, column));
  if (bound.strategy === 'r') {
    const [lower, upper] = [bound.lowerdatums ?? [], bound.upperdatums ?? []];
    return (key.length > 0 ? columns.length === lower.length : columns.length > 0) && lower.length === 1
      ? columns.some(
          (column) => column !== null && isNeverNull(column) && isBetween(conditions, column, lower[0], upper[0]),
        )
      : lower.length > 1 &&
          columns.every((c) => c !== null && isNeverNull(c) && conditions.some((n) => comparedColumn(n) === c));
  }
  if (bound.strategy !== 'l') return false;
  const values = (bound.listdatums ?? []).map(constantOf);
  return columns.some(
    (column) =>
      column !== null &&
      (values.includes(null) || isNeverNull(column)) &&
      conditions.some((condition) => isOneOf(condition, column, values)),
  );
}

const comparedColumn = (condition: Node): string | null => columnOf(as(condition, 'A_Expr')?.lexpr);

function isBetween(
  conditions: readonly Node[],
  column: string,
  lower: Node | undefined,
  upper: Node | undefined,
): boolean {
  const compared = conditions.flatMap((condition) => comparisons(condition)).filter((c) => c.column === column);
  return (
    (isUnlimited(lower) ||
      compared.some(({ sign, value }) => /^(>=?|=)$/u.test(sign) && isAtLeast(value, constantOf(lower)))) &&
    (isUnlimited(upper) ||
      compared.some(({ sign, value }) =>
        sign === '<'
          ? isAtLeast(constantOf(upper), value)
          : sign === '=' || sign === '<='
            ? isMore(constantOf(upper), value)
            : false,
      ))
  );
}

/** MINVALUE and MAXVALUE. */
const isUnlimited = (datum: Node | undefined): boolean => columnOf(datum) !== null;

interface Comparison {
  readonly column: string | null;
  readonly sign: string;
  readonly value: ReturnType<typeof constantOf>;
}

function comparisons(condition: Node): readonly Comparison[] {
  const { kind, name, lexpr, rexpr } = as(condition, 'A_Expr') ?? {};
  if (kind === 'AEXPR_BETWEEN') {
    const [low, high] = as(rexpr, 'List')?.items ?? [];
    const column = columnOf(lexpr);
    return [
      { column, sign: '>=', value: constantOf(low) },
      { column, sign: '<=', value: constantOf(high) },
    ];
  }
  const sign = strings(name)[0] ?? '';
  if (kind !== 'AEXPR_OP') return [];
  if (columnOf(lexpr) !== null) return [{ column: columnOf(lexpr), sign, value: constantOf(rexpr) }];
  const turned = sign.startsWith('<') ? sign.replace('<', '>') : sign.replace('>', '<');
  return [{ column: columnOf(rexpr), sign: turned, value: constantOf(lexpr) }];
}

/** Numbers, or texts that compare as they are written, such as dates. */
function isAtLeast(a: Comparison['value'], b: Comparison['value']): boolean {
  if (a === b) return a !== undefined;
  return isMore(a, b);
}

function isMore(a: Comparison['value'], b: Comparison['value']): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a > b;
  const written = /^\d{4}-\d\d-\d\d/u;
  return typeof a === 'string' && typeof b === 'string' && written.test(a) && written.test(b) && a > b;
}

/** `c = 'a'`, `c IN ('a', 'b')` or `c = ANY (ARRAY['a', 'b'])`, all of them allowed. */
function isOneOf(condition: Node, column: string, allowed: readonly Comparison['value'][]): boolean {
  const { kind, name, lexpr, rexpr } = as(condition, 'A_Expr') ?? {};
  if (columnOf(lexpr) !== column || strings(name)[0] !== '=') return false;
  const list = as(rexpr, 'List')?.items ?? as(rexpr, 'A_ArrayExpr')?.elements;
  if (kind === 'AEXPR_OP') return rexpr !== undefined && allowed.includes(constantOf(rexpr));
  return list !== undefined && list.every((item) => allowed.includes(constantOf(item)));
}
