import { type AddedColumn, addedColumns, defaultOf, has } from '../columns.ts';
import { qualified } from '../names.ts';
import { backfill, instead, notNullSteps, withoutInline } from '../rewrite.ts';
import type { Context, Rule } from '../rule.ts';
import { type ColumnType, serialBase, typeOf } from '../world/column-type.ts';
import type { World } from '../world/world.ts';

export const addColumnNotNullNoDefault: Rule = {
  id: 'add-column-not-null-no-default',
  severity: 'error',
  summary: 'A NOT NULL column without a default on a table in use.',
  why: 'The rows that are there would have NULL, so that it fails with 23502 unless the table is empty; and when it is, writers that do not know the column fail from then on.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of the table while it is scanned; then it fails',
  work: ['scan'],
  bad: [
    { sql: 'ALTER TABLE orders ADD COLUMN shop_id bigint NOT NULL', at: 'ADD COLUMN shop_id bigint NOT NULL' },
    {
      sql: 'ALTER TABLE orders ADD shop_id bigint DEFAULT NULL NOT NULL, ADD note text',
      at: 'ADD shop_id bigint DEFAULT NULL NOT NULL',
    },
  ],
  good: [
    'ALTER TABLE orders ADD COLUMN shop_id bigint NOT NULL DEFAULT 0',
    'ALTER TABLE orders ADD COLUMN shop_id bigint',
    'CREATE TABLE orders (id bigint); ALTER TABLE orders ADD COLUMN shop_id bigint NOT NULL',
    'ALTER TABLE orders ADD COLUMN total int GENERATED ALWAYS AS (a + b) STORED NOT NULL',
    'ALTER TABLE orders ADD COLUMN n bigserial NOT NULL',
    { sql: 'ALTER TABLE orders ADD COLUMN IF NOT EXISTS day date NOT NULL', schema: 'CREATE TABLE orders (day date)' },
  ],
  on: ['AT_AddColumn'],
  *check(context) {
    for (const added of addedColumns(context)) {
      const { def, at, table } = added;
      if (!has(def, 'CONSTR_NOTNULL') || isFilled(added, context.world)) continue;
      const message = `${qualified(table)} has rows, and this column gives them no value: it fails.`;
      yield { message, at, fix: inSteps(context, added) };
    }
  },
};

const isFilled = ({ def }: AddedColumn, world: World): boolean =>
  defaultOf(def) !== undefined ||
  has(def, 'CONSTR_IDENTITY') ||
  has(def, 'CONSTR_GENERATED') ||
  serialBase(typeOf(def.typeName)) !== null ||
  hasDefault(typeOf(def.typeName), world);

/** A domain may bring a default along. */
const hasDefault = (type: ColumnType | null, world: World): boolean =>
  type !== null && world.findType(type)?.hasDefault === true;

function inSteps(context: Context, { command, table, name }: AddedColumn): string | null {
  const notNull = withoutNotNull(context, command);
  if (notNull === null) return null;
  return instead(context, command, [...notNull, backfill(table, name), ...notNullSteps(context, table, name)]);
}

const withoutNotNull = (context: Context, command: AddedColumn['command']) =>
  withoutInline(context, command, 'NOT NULL');
