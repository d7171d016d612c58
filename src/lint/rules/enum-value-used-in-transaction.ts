import type { A_Const, ColumnDef, TypeCast } from '@pgsql/types';
import { walk } from '../../sql/expressions.ts';
import { all, as } from '../nodes.ts';
import type { Context, Rule } from '../rule.ts';
import { type ColumnType, typeOf } from '../world/column-type.ts';
import { columnNamed, type UserType } from '../world/objects.ts';

export const enumValueUsedInTransaction: Rule = {
  id: 'enum-value-used-in-transaction',
  severity: 'error',
  summary: 'A new label of an enum is used in the transaction that adds it.',
  why: 'It fails with 55P04, unsafe use of new value: until the transaction commits, nobody may store the label. Add it in one migration and use it in the next.',
  lock: null,
  blocks: null,
  versions: 'From PostgreSQL 17 on a label of a type that the same transaction created can be used.',
  bad: [
    {
      sql: "BEGIN; ALTER TYPE mood ADD VALUE 'fine'; UPDATE users SET mood = 'fine' WHERE id = 1; COMMIT",
      at: "UPDATE users SET mood = 'fine' WHERE id = 1",
    },
    {
      sql: "ALTER TYPE mood ADD VALUE 'fine'; ALTER TABLE users ALTER mood SET DEFAULT 'fine'",
      transaction: 'file',
    },
    {
      sql: "BEGIN; CREATE TYPE mood AS ENUM ('ok'); ALTER TYPE mood ADD VALUE 'fine'; SELECT 'fine'::mood; COMMIT",
      pg: 16,
      at: "SELECT 'fine'::mood",
    },
  ],
  good: [
    "ALTER TYPE mood ADD VALUE 'fine'; UPDATE users SET mood = 'fine' WHERE id = 1",
    "BEGIN; ALTER TYPE mood ADD VALUE 'fine'; COMMIT; BEGIN; INSERT INTO users (mood) VALUES ('fine'); COMMIT",
    {
      sql: "BEGIN; CREATE TYPE mood AS ENUM ('ok'); ALTER TYPE mood ADD VALUE 'fine'; SELECT 'fine'::mood; COMMIT",
      pg: 17,
    },
    "BEGIN; ALTER TYPE mood ADD VALUE 'fine'; SELECT 'fine'::text; COMMIT",
    {
      sql: "BEGIN; ALTER TYPE mood ADD VALUE 'fine'; INSERT INTO notes (body) VALUES ('fine'); COMMIT",
      schema: 'CREATE TABLE notes (body text)',
    },
  ],
  on: [
    'InsertStmt',
    'UpdateStmt',
    'DeleteStmt',
    'SelectStmt',
    'MergeStmt',
    'AlterTableStmt',
    'CreateStmt',
    'IndexStmt',
    'CreateTableAsStmt',
    'ViewStmt',
    'CreateDomainStmt',
    'AlterDomainStmt',
    'CreatePolicyStmt',
  ],
  *check(context) {
    const labels = newLabels(context);
    if (labels.size === 0) return;
    const used = usedLabels(context, labels);
    if (used !== undefined)
      yield { message: `The label '${used}' was added in this transaction and can not be used before it commits.` };
  },
};

/** The labels that the open transaction has added and the statement says, with their types. */
function newLabels({ transaction, pg, world, node }: Context): ReadonlyMap<string, UserType> {
  const found = new Map<string, UserType>();
  if (transaction === null || world.addedLabels.size === 0) return found;
  walk([node], (kind, constant) => {
    const label = kind === 'A_Const' ? (constant as A_Const).sval?.sval : undefined;
    for (const key of label === undefined ? [] : (world.addedLabels.get(label) ?? [])) {
      const type = world.types.get(key);
      const isOfTransaction = pg >= 17 && type?.origin?.transaction === transaction.id;
      if (type && label !== undefined && !isOfTransaction && type.labels.get(label)?.transaction === transaction.id)
        found.set(label, type);
    }
  });
  return found;
}

/** A label that stands there as a constant, unless it is known to be of another type. */
function usedLabels(context: Context, labels: ReadonlyMap<string, UserType>): string | undefined {
  const found = new Set<string>();
  const elsewhere = new Set<unknown>();
  walk([context.node], (kind, node) => {
    if (kind === 'ColumnDef') ofOtherColumn(node as ColumnDef, labels).forEach((constant) => elsewhere.add(constant));
    if (kind === 'TypeCast') castElsewhere(node as TypeCast, labels).forEach((constant) => elsewhere.add(constant));
    const label = kind === 'A_Const' && !elsewhere.has(node) ? ((node as A_Const).sval?.sval ?? '') : '';
    if (labels.has(label)) found.add(label);
  });
  return [...found].find((label) => mayBe(context, labels.get(label)));
}

/** The constants of a column that has another type. */
function ofOtherColumn(
  { typeName, constraints }: ColumnDef,
  labels: ReadonlyMap<string, UserType>,
): ReadonlySet<A_Const> {
  const constants = new Set<A_Const>();
  const type = typeOf(typeName)?.name;
  if ([...labels.values()].some(({ name }) => name === type)) return constants;
  walk(constraints, (kind, node) => {
    if (kind === 'A_Const') constants.add(node as A_Const);
  });
  return constants;
}

function castElsewhere({ arg, typeName }: TypeCast, labels: ReadonlyMap<string, UserType>): readonly A_Const[] {
  const constant = as(arg, 'A_Const');
  if (!constant) return [];
  return typeOf(typeName)?.name === labels.get(constant.sval?.sval ?? '')?.name ? [] : [constant];
}

/** Some column it is written to may be of the type. */
function mayBe({ node, world }: Context, type: UserType | undefined): boolean {
  const [insert, update] = [as(node, 'InsertStmt'), as(node, 'UpdateStmt')];
  const relation = insert?.relation ?? update?.relation;
  if (!relation || !type) return true;
  const table = world.relation(relation);
  const named = all(insert?.cols ?? update?.targetList, 'ResTarget').map(({ name }) => name ?? '');
  const columns = named.length > 0 && insert ? named : table.columns.map(({ name }) => name);
  const types = columns.map((name) => columnNamed(table, name)?.type ?? null);
  return !table.complete || types.some((column) => column === null || isOf(column, type));
}

const isOf = (column: ColumnType, type: UserType): boolean => column.name === type.name;
