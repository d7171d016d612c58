import type { ColumnDef, Constraint } from '@pgsql/types';
import { oldCommands } from '../context.ts';
import { as, nameOfType, strings } from '../nodes.ts';
import { qualified, quoted } from '../names.ts';
import { wordsAt } from '../places.ts';
import { alterTable, edited, instead, written } from '../rewrite.ts';
import type { Command, Context, Rule } from '../rule.ts';
import { locksOf } from '../locks.ts';
import { serialBase, typeOf } from '../world/column-type.ts';
import { autoName, constraintsOf } from '../world/define-column.ts';

export const foreignKeyWithoutNotValid: Rule = {
  id: 'foreign-key-without-not-valid',
  severity: 'error',
  scales: true,
  fixable: true,
  summary: 'A foreign key on a table in use that is checked at once.',
  why: 'Both tables are locked against writes while every row of the referencing one is looked up in the other.',
  lock: 'SHARE ROW EXCLUSIVE',
  blocks: 'writes to both tables while all rows are checked; reads go on',
  work: ['scan'],
  versions: 'Before PostgreSQL 18 a foreign key of a partitioned table can not be NOT VALID.',
  bad: [
    'ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id)',
    'ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE',
    {
      sql: 'ALTER TABLE orders ADD COLUMN shop_id int DEFAULT 1 REFERENCES shops (id)',
      at: 'ADD COLUMN shop_id int DEFAULT 1 REFERENCES shops (id)',
    },
    {
      sql: 'ALTER TABLE orders ADD COLUMN shop_id int DEFAULT NULL REFERENCES shops (id)',
      at: 'ADD COLUMN shop_id int DEFAULT NULL REFERENCES shops (id)',
    },
    {
      sql: 'ALTER TABLE orders ADD COLUMN note text, ADD FOREIGN KEY (user_id) REFERENCES users',
      at: 'ADD FOREIGN KEY (user_id) REFERENCES users',
    },
  ],
  good: [
    'ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID',
    'CREATE TABLE orders (user_id bigint); ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id)',
    'ALTER TABLE orders ADD COLUMN shop_id int REFERENCES shops (id)',
    { sql: 'ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id) NOT ENFORCED', pg: 18 },
  ],
  on: ['AT_AddConstraint', 'AT_AddColumn'],
  *check(context) {
    for (const command of oldCommands(context, 'AT_AddConstraint', 'AT_AddColumn')) {
      const inline = command.column && constraintsOf(command.column);
      const foreign = [...(inline ?? []), ...(command.constraint ? [command.constraint] : [])].find(
        ({ contype, skip_validation: skipped }) => contype === 'CONSTR_FOREIGN' && !skipped,
      );
      if (!foreign?.pktable || (command.column && inline && !isFilled(command.column, inline))) continue;
      const other = context.world.relation(foreign.pktable);
      yield {
        message: `Every row of ${qualified(command.table)} is checked while it and ${qualified(other)} are locked against writes.`,
        at: command.at,
        ...(inline || isBesideStronger(context)
          ? {
              lock: 'ACCESS EXCLUSIVE' as const,
              blocks: `reads and writes of the table, and writes to ${qualified(other)}, while all rows are checked`,
            }
          : {}),
        fix: command.column ? withoutDefault(context, command, command.column) : inTwoSteps(context, command, foreign),
      };
    }
  },
};

/** Another action of the same ALTER TABLE needs the strongest lock: all of it runs under that. */
const isBesideStronger = ({ node, world, pg }: Context): boolean =>
  locksOf(node, world, pg).some(({ mode }) => mode === 'ACCESS EXCLUSIVE');

/** Only a new column without any default is left unchecked: one that says DEFAULT NULL is read too. */
const isFilled = (column: ColumnDef, constraints: readonly Constraint[]): boolean =>
  !constraints.some(({ contype }) => contype === 'CONSTR_ATTR_NOT_ENFORCED') &&
  (serialBase(typeOf(column.typeName)) !== null ||
    constraints.some(({ contype }) => contype === 'CONSTR_GENERATED' || contype === 'CONSTR_DEFAULT'));

/** DEFAULT NULL of a type that has no default of its own says nothing, but has every row looked at. */
function withoutDefault(context: Context, command: Command, column: ColumnDef): string | null {
  const [only, ...more] = constraintsOf(column).filter(({ contype }) => contype === 'CONSTR_DEFAULT');
  const isNull = more.length === 0 && only?.conname === undefined && as(only?.raw_expr, 'A_Const')?.isnull === true;
  const { schema, name } = nameOfType(column.typeName);
  if (!isNull || !(schema === 'pg_catalog' || ['text', 'uuid'].includes(name))) return null;
  const words = wordsAt(context.statement, ['DEFAULT', 'NULL'], command.at.start);
  if (!words || words.end > command.at.end) return null;
  const before = context.text.slice(command.at.start, words.start).trimEnd();
  return edited(context, [{ start: command.at.start + before.length, end: words.end, to: '' }]);
}

function inTwoSteps(context: Context, command: Command, foreign: Constraint): string | null {
  const { table } = command;
  if (table.kind === 'partitioned' && context.pg < 18) return null;
  const alter = alterTable(context, table);
  const name = foreign.conname ?? autoName(table, 'foreign', strings(foreign.fk_attrs), null);
  return instead(context, command, [
    `${alter} ${written(context, command.at)} NOT VALID;`,
    `${alter} VALIDATE CONSTRAINT ${quoted(name)};`,
  ]);
}
