import type { Node } from '@pgsql/types';
import { all, as } from '../nodes.ts';
import type { Context, Rule } from '../rule.ts';
import { columnNamed } from '../world/objects.ts';

export const duplicateColumn: Rule = {
  id: 'duplicate-column',
  severity: 'error',
  summary: 'The same column twice.',
  why: 'It fails: 42701 when a table would get the column twice, 42601 when a statement gives it two values.',
  lock: null,
  blocks: null,
  bad: [
    'CREATE TABLE users (id int, name text, id bigint)',
    'ALTER TABLE users ADD COLUMN a int, ADD COLUMN a text',
    'ALTER TABLE users ADD COLUMN a int; ALTER TABLE users ADD COLUMN a text',
    'UPDATE users SET a = 1, b = 2, a = 3 WHERE id = 1',
    'INSERT INTO users (a, b, a) VALUES (1, 2, 3)',
    'INSERT INTO users (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 1, a = 2',
  ],
  good: [
    'CREATE TABLE users (id int, "ID" bigint)',
    'ALTER TABLE users ADD COLUMN a int; ALTER TABLE users ADD COLUMN IF NOT EXISTS a int',
    'UPDATE users SET a[1] = 1, a[2] = 2 WHERE id = 1',
    'ALTER TABLE users ADD COLUMN a int; ALTER TABLE users DROP COLUMN a; ALTER TABLE users ADD COLUMN a text',
    'UPDATE users SET (a, b) = (1, 2) WHERE id = 1',
  ],
  on: ['InsertStmt', 'UpdateStmt', 'CreateStmt', 'AT_AddColumn'],
  *check(context) {
    for (const name of twice(context)) yield { message: `${name} stands here twice: it fails.` };
  },
};

function twice(context: Context): readonly string[] {
  const { node } = context;
  const [insert, update, create] = [as(node, 'InsertStmt'), as(node, 'UpdateStmt'), as(node, 'CreateStmt')];
  if (insert) return [...repeated(targets(insert.cols)), ...repeated(targets(insert.onConflictClause?.targetList))];
  if (update) return repeated(targets(update.targetList));
  if (create) return repeated(all(create.tableElts, 'ColumnDef').map(({ colname }) => colname ?? ''));
  const added = context.commands.filter(({ type, node: command }) => type === 'AT_AddColumn' && !command.missing_ok);
  const dropped = new Set(context.commands.filter(({ type }) => type === 'AT_DropColumn').map(({ name }) => name));
  const names = added.map(({ column }) => column?.colname ?? '');
  const there = added.filter(({ table, column }) => {
    const name = column?.colname ?? '';
    return columnNamed(table, name) && !dropped.has(name);
  });
  return [...new Set([...repeated(names), ...there.map(({ column }) => column?.colname ?? '')])];
}

/** Parts of an array or a row may be set one by one. */
const targets = (list: readonly Node[] | undefined): readonly string[] =>
  all(list, 'ResTarget').flatMap(({ name, indirection }) => (indirection === undefined ? (name ?? '') : []));

const repeated = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, i) => names.indexOf(name) !== i)),
];
