import { all, as, nameOf } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { type ColumnType, serialBase, typeOf } from '../world/column-type.ts';

export const columnAlignment: Rule = {
  id: 'column-alignment',
  severity: 'info',
  optIn: true,
  summary: 'Columns in an order that wastes space.',
  why: 'A column of eight bytes begins at a multiple of eight: what comes before is filled up, in every row. Wide columns first, then narrow ones, then those of variable length.',
  lock: null,
  blocks: null,
  bad: [
    'CREATE TABLE a (flag boolean, id bigint, on_sale boolean, at timestamptz)',
    'CREATE TABLE a (n int, id bigint, m int)',
  ],
  good: [
    'CREATE TABLE a (id bigint, at timestamptz, flag boolean, on_sale boolean)',
    'CREATE TABLE a (name text, id bigint)',
    'CREATE TABLE a (id int, n int, at date)',
  ],
  on: ['CreateStmt'],
  *check({ node }) {
    const create = as(node, 'CreateStmt');
    const sizes = all(create?.tableElts, 'ColumnDef').map(({ typeName }) => sizeOf(typeOf(typeName)));
    const fixed = sizes.filter((size) => size !== null);
    const now = widthOf(fixed);
    const best = widthOf([...fixed].sort((a, b) => b.align - a.align));
    if (create?.relation && now > best)
      yield {
        message: `Each row of ${nameOf(create.relation).name} is ${String(now - best)} bytes larger than in another order.`,
      };
  },
};

interface Size {
  readonly bytes: number;
  readonly align: number;
}

const sizes: Readonly<Record<string, readonly [bytes: number, align: number]>> = {
  ...{ int8: [8, 8], float8: [8, 8], timestamp: [8, 8], timestamptz: [8, 8], time: [8, 8], money: [8, 8] },
  ...{ timetz: [12, 8], interval: [16, 8], int4: [4, 4], float4: [4, 4], date: [4, 4], oid: [4, 4] },
  ...{ int2: [2, 2], bool: [1, 1], uuid: [16, 1] },
};

/** Null when its length varies. */
function sizeOf(type: ColumnType | null): Size | null {
  if (type === null || type.array || type.schema !== null) return null;
  const name = serialBase(type) ?? type.name;
  const [bytes, align] = (Object.hasOwn(sizes, name) && sizes[name]) || [0, 0];
  return bytes === 0 ? null : { bytes, align };
}

const widthOf = (columns: readonly Size[]): number =>
  columns.reduce((at, { bytes, align }) => Math.ceil(at / align) * align + bytes, 0);
