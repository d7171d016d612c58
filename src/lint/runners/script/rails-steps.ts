import { quoted } from '../../names.ts';
import { columnSql, listSql, literalSql, words } from './ddl.ts';
import { Given } from './given.ts';
import { defaultSql, railsColumn, railsType } from './rails-columns.ts';
import { modelStep } from './rails-models.ts';
import {
  addLine,
  alter,
  check,
  checkName,
  createJoinTable,
  createTableOf,
  foreignKey,
  foreignKeyName,
  givenInTable,
  index,
  joinTable,
  type Make,
  reference,
  table,
  timestampColumns,
} from './rails-tables.ts';
import { said, sqlStep, type Step, unread } from './steps.ts';
import { type Call, callsIn, type Script, textOf, textsOf } from './value.ts';

/** What a migration of Rails sends on its way up. */
export const railsSteps = ({ functions }: Script): readonly Step[] =>
  (functions.get('up') ?? functions.get('change'))?.calls.flatMap(stepOf) ?? [];

/** What is called in a block, where these go up or change nothing. */
const around = new Set([
  'safety_assured',
  'reversible',
  'up',
  'up_only',
  'say_with_time',
  'transaction',
  'suppress_messages',
  'each',
  'with_lock_retries',
]);

const quiet = new Set([
  'say',
  'puts',
  'down',
  'announce',
  'reset_column_information',
  'disable_statement_timeout',
  'revert',
  'change_table_comment',
  'change_column_comment',
]);

function stepOf(call: Call): readonly Step[] {
  const { name, receiver, args, body } = call;
  if (quiet.has(name)) return [];
  if (name === 'execute' || name === 'exec_query') return sqlStep(args[0], call);
  if (around.has(name)) return name === 'up_only' || body.length > 0 ? body.flatMap(stepOf) : [];
  const isOurs = receiver === null || (receiver.kind === 'call' && receiver.name === 'connection');
  const rows = modelStep(call);
  if (rows) return rows;
  const make = isOurs ? operations[name] : undefined;
  if (make) return said(new Given(call), make);
  if (isOurs && !/\?$/u.test(name)) return unread(call, `what ${name} does is not known here`);
  return [...args.flatMap(callsIn), ...body].flatMap(stepOf);
}

const column = (given: Given, position = 1): string => quoted(given.text('column', position));

const labelSql = (label: string): string => `'${label.replaceAll("'", "''")}'`;

const ifExists = (given: Given): string | false => given.is('if_exists') && 'IF EXISTS';
const addColumn: Make = (given) => [
  words(
    `ALTER TABLE ${table(given)} ADD COLUMN`,
    given.is('if_not_exists') && 'IF NOT EXISTS',
    railsColumn(given, given.text('column', 1), given.text('type', 2)),
  ),
];

const removeIndex: Make = (given) => {
  const columns = textsOf(given.value('column', 1));
  const name =
    given.maybe('name') ??
    (columns
      ? `index_${given.text('table', 0).replaceAll('.', '_')}_on_${columns.join('_and_')}`
      : given.fail('the name'));
  return [
    words('DROP INDEX', given.maybe('algorithm') === 'concurrently' && 'CONCURRENTLY', ifExists(given), quoted(name)),
  ];
};

const removeReference: Make = (given) => [
  `ALTER TABLE ${table(given)} DROP COLUMN ${quoted(`${given.text('reference', 1)}_id`)}`,
];

const changeDefault = alter((given) => {
  const to = given.named.get('to') ?? given.call.args[2];
  if (to === undefined || (to.kind === 'plain' && to.value === null))
    return `ALTER COLUMN ${column(given)} DROP DEFAULT`;
  return `ALTER COLUMN ${column(given)} SET DEFAULT ${defaultSql(given, to)}`;
});

/** With a default, rows are filled before. */
const changeNull: Make = (given) => {
  const [, , allowed, fill] = given.call.args;
  if (allowed?.kind !== 'plain') return given.fail('null', allowed);
  const name = column(given);
  if (allowed.value === true) return [`ALTER TABLE ${table(given)} ALTER COLUMN ${name} DROP NOT NULL`];
  const filled =
    fill &&
    `UPDATE ${table(given)} SET ${name} = ${literalSql(fill) ?? given.fail('the default', fill)} WHERE ${name} IS NULL`;
  return [...(filled ? [filled] : []), `ALTER TABLE ${table(given)} ALTER COLUMN ${name} SET NOT NULL`];
};

const changeColumn: Make = (given) => {
  const start = `ALTER TABLE ${table(given)} ALTER COLUMN ${column(given)}`;
  const using = given.maybe('using');
  return [
    words(`${start} TYPE ${railsType(given.text('type', 2), given)}`, using !== null && `USING ${using}`),
    ...(given.isNot('null') ? [`${start} SET NOT NULL`] : given.is('null') ? [`${start} DROP NOT NULL`] : []),
  ];
};

const timestamps: Make = (given) =>
  timestampColumns(given).map((column) => `ALTER TABLE ${table(given)} ADD COLUMN ${columnSql(column)}`);

/** Lines of change_table that do not add, by the operation that does the same. */
const inTable: Readonly<Record<string, string>> = {
  ...{ remove: 'remove_columns', rename: 'rename_column', change: 'change_column', change_null: 'change_column_null' },
  ...{ change_default: 'change_column_default', remove_index: 'remove_index', rename_index: 'rename_index' },
  ...{ remove_references: 'remove_reference', remove_belongs_to: 'remove_reference' },
  ...{ remove_timestamps: 'remove_timestamps', remove_foreign_key: 'remove_foreign_key' },
  ...{ remove_check_constraint: 'remove_check_constraint' },
};

const changeTable: Make = (given) =>
  given.call.body.flatMap((line) => {
    const operation = operations[inTable[line.name] ?? ''];
    return operation ? operation(givenInTable(given, line)) : addLine(given, line);
  });

const operations: Readonly<Record<string, Make>> = {
  ...{
    create_table: createTableOf,
    change_table: changeTable,
    add_column: addColumn,
    add_index: index,
    remove_index: removeIndex,
  },
  ...{ add_foreign_key: foreignKey, add_check_constraint: check, add_reference: reference, add_belongs_to: reference },
  ...{ remove_reference: removeReference, remove_belongs_to: removeReference, add_timestamps: timestamps },
  ...{ change_column: changeColumn, change_column_default: changeDefault, change_column_null: changeNull },
  drop_table: (given) => [
    words('DROP TABLE', ifExists(given), table(given), given.maybe('force') === 'cascade' && 'CASCADE'),
  ],
  rename_table: alter((given) => `RENAME TO ${quoted(given.text('to', 1))}`),
  rename_column: alter((given) => `RENAME COLUMN ${column(given)} TO ${quoted(given.text('to', 2))}`),
  rename_index: (given) => [`ALTER INDEX ${quoted(given.text('from', 1))} RENAME TO ${quoted(given.text('to', 2))}`],
  remove_column: alter((given) => words('DROP COLUMN', ifExists(given), column(given))),
  remove_columns: (given) =>
    given.call.args
      .slice(1)
      .map((arg) => `ALTER TABLE ${table(given)} DROP COLUMN ${quoted(textOf(arg) ?? given.fail('a column', arg))}`),
  remove_timestamps: (given) =>
    ['created_at', 'updated_at'].map((at) => `ALTER TABLE ${table(given)} DROP COLUMN ${at}`),
  remove_check_constraint: alter((given) => `DROP CONSTRAINT ${quoted(checkName(given))}`),
  remove_foreign_key: alter((given) => `DROP CONSTRAINT ${quoted(foreignKeyName(given))}`),
  validate_foreign_key: alter((given) => `VALIDATE CONSTRAINT ${quoted(foreignKeyName(given))}`),
  validate_check_constraint: alter((given) => `VALIDATE CONSTRAINT ${quoted(checkName(given))}`),
  validate_constraint: alter((given) => `VALIDATE CONSTRAINT ${quoted(given.text('name', 1))}`),
  add_unique_constraint: alter((given) => {
    const [name, taken] = [given.maybe('name'), given.maybe('using_index')];
    const what = taken === null ? `(${listSql(given.texts('columns', 1))})` : `USING INDEX ${quoted(taken)}`;
    return words('ADD', name !== null && `CONSTRAINT ${quoted(name)}`, 'UNIQUE', what);
  }),
  remove_unique_constraint: alter((given) => `DROP CONSTRAINT ${quoted(given.text('name'))}`),
  add_exclusion_constraint: alter((given) =>
    words(
      'ADD',
      given.maybe('name') !== null && `CONSTRAINT ${quoted(given.text('name'))}`,
      `EXCLUDE USING ${given.maybe('using') ?? 'gist'} (${given.text('expression', 1)})`,
    ),
  ),
  remove_exclusion_constraint: alter((given) => `DROP CONSTRAINT ${quoted(given.text('name'))}`),
  create_join_table: createJoinTable,
  drop_join_table: (given) => [words('DROP TABLE', ifExists(given), joinTable(given))],
  enable_extension: (given) => [`CREATE EXTENSION IF NOT EXISTS ${quoted(given.text('name', 0))}`],
  disable_extension: (given) => [`DROP EXTENSION IF EXISTS ${quoted(given.text('name', 0))}`],
  create_enum: (given) => [
    `CREATE TYPE ${table(given)} AS ENUM (${given.texts('values', 1).map(labelSql).join(', ')})`,
  ],
  drop_enum: (given) => [words('DROP TYPE', ifExists(given), table(given))],
  rename_enum: (given) => [
    `ALTER TYPE ${table(given)} RENAME TO ${quoted(given.maybe('to') ?? given.text('the new name', 1))}`,
  ],
  add_enum_value: (given) => {
    const [before, after] = [given.maybe('before'), given.maybe('after')];
    return [
      words(
        `ALTER TYPE ${table(given)} ADD VALUE`,
        given.is('if_not_exists') && 'IF NOT EXISTS',
        labelSql(given.text('value', 1)),
        before !== null && `BEFORE ${labelSql(before)}`,
        after !== null && `AFTER ${labelSql(after)}`,
      ),
    ];
  },
  rename_enum_value: (given) => [
    `ALTER TYPE ${table(given)} RENAME VALUE ${labelSql(given.text('from'))} TO ${labelSql(given.text('to'))}`,
  ],
};
