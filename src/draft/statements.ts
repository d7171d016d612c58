import { deparseSync } from 'pgsql-deparser';
import { child, children, names, text, type Tree } from '../catalog/syntax-tree.ts';
import type { ProposedSql, Requirements } from '../spec/requirements.ts';
import type { Said } from './draft.ts';
import { typeName } from '../spec/fences.ts';
import { parsed } from './parse.ts';
import type { IndexPart, Wish } from './wish.ts';

/** What the SQL of a page asks for: that of the target schema, never that of a rollback or an alternative. */
export const wishesInSql = ({ sql, columns }: Requirements): Wish[] =>
  sql
    .filter(({ side }) => side === 'target')
    .flatMap((proposed) => (parsed(proposed.sql) ?? [{}]).flatMap((tree) => wishesOf(tree, proposed, columns)));

function wishesOf(statement: Tree, { sql, line, block }: ProposedSql, columns: Requirements['columns']): Wish[] {
  const said: Said = { text: oneSpace(sql), line, block };
  const [kind = '', tree = {}] = (Object.entries(statement)[0] ?? []) as [string?, Tree?];
  const table = tableName(child(tree, 'relation'));
  if (kind === 'IndexStmt') return [indexWish(tree, said, table)];
  if (kind === 'RenameStmt') return [renameWish(tree, said, table)];
  if (kind === 'AlterTableStmt')
    return children(tree, 'cmds').map((command) => alterWish(child(command, 'AlterTableCmd'), said, table));
  if (kind === 'CreateStmt' && table !== null)
    return [
      { ...said, kind: 'new_table', table, columns: columns.filter((c) => c.table === table && c.rule === 'SQL') },
    ];
  return [
    other(said, statements[kind] ?? (kind === '' ? 'read this SQL' : `run ${kind.replace(/Stmt$/u, '')}`), table),
  ];
}

const oneSpace = (sql: string): string => sql.replaceAll(/\s+/gu, ' ').trim();

const other = (said: Said, what: string, table: string | null, column: string | null = null): Wish => ({
  ...said,
  ...{ kind: 'other', what, table, column },
});

const tableName = (relation: Tree): string | null => {
  const [schema, name] = [text(relation, 'schemaname'), text(relation, 'relname')];
  return schema === null ? name : `${schema}.${name ?? ''}`;
};

const written = (node: Tree): string => deparseSync(node);

function indexWish(tree: Tree, said: Said, table: string | null): Wish {
  const elements = children(tree, 'indexParams').map((element) => child(element, 'IndexElem'));
  const plain = elements.every(
    (e) =>
      text(e, 'ordering') === 'SORTBY_DEFAULT' &&
      text(e, 'nulls_ordering') === 'SORTBY_NULLS_DEFAULT' &&
      !['opclass', 'collation'].some((key) => children(e, key).length),
  );
  if (!plain) return other(said, 'create an index with an order, a collation or an operator class', table);
  const part = (e: Tree): IndexPart => text(e, 'name') ?? { sql: written(child(e, 'expr')) };
  const where = child(tree, 'whereClause');
  return {
    ...said,
    ...{ kind: 'create_index', table, columns: elements.map(part), name: text(tree, 'idxname') },
    ...{ unique: tree['unique'] === true, method: text(tree, 'accessMethod') ?? 'btree' },
    include: children(tree, 'indexIncludingParams').flatMap((e) => text(child(e, 'IndexElem'), 'name') ?? []),
    where: Object.keys(where).length ? written(where) : null,
  };
}

function renameWish(tree: Tree, said: Said, table: string | null): Wish {
  const [from, to] = [text(tree, 'subname'), text(tree, 'newname')];
  if (text(tree, 'renameType') === 'OBJECT_COLUMN' && from !== null && to !== null)
    return { ...said, kind: 'rename_column', table, from, to };
  const object = (text(tree, 'renameType') ?? '').replace('OBJECT_', '').toLowerCase();
  return other(said, `rename a ${object || 'thing'}`, table);
}

function alterWish(command: Tree, said: Said, table: string | null): Wish {
  const subtype = text(command, 'subtype') ?? '';
  const definition = child(child(command, 'def'), 'ColumnDef');
  const column = text(command, 'name') ?? text(definition, 'colname');
  if (subtype !== 'AT_AlterColumnType' || column === null)
    return other(said, commands[subtype] ?? 'alter a table', table, column);
  const using = child(definition, 'raw_default');
  return {
    ...said,
    ...{ kind: 'change_column_type', table, column, type: typeOf(child(definition, 'typeName')), was: null, to: null },
    ...{ up: Object.keys(using).length ? written(using) : null, down: null },
  };
}

/** As people write it; a name with capitals in quotes. */
function typeOf(type: Tree): string {
  const known = names(children(type, 'names')).filter((part) => part !== 'pg_catalog');
  return known.every((part) => /^[a-z_][a-z0-9_]*$/u.test(part)) ? (typeName(type) ?? '') : written({ TypeName: type });
}

const commands: Readonly<Record<string, string>> = {
  AT_AddColumn: 'add a column',
  AT_DropColumn: 'drop a column',
  AT_SetNotNull: 'make a column NOT NULL',
  AT_DropNotNull: 'let a column be NULL',
  AT_ColumnDefault: 'change a default',
  AT_AddConstraint: 'add a constraint',
  AT_DropConstraint: 'drop a constraint',
};

const statements: Readonly<Record<string, string>> = {
  DropStmt: 'drop a table or another object',
  DropdbStmt: 'drop a database',
  CreatedbStmt: 'create a database',
  CreateEnumStmt: 'create an enum',
  AlterEnumStmt: 'change an enum',
  ViewStmt: 'create a view',
  CreateFunctionStmt: 'create a function',
  CreateTrigStmt: 'create a trigger',
  InsertStmt: 'insert rows',
  UpdateStmt: 'update rows',
  DeleteStmt: 'delete rows',
  TruncateStmt: 'truncate a table',
  CopyStmt: 'copy rows',
  DoStmt: 'run a block of code',
  GrantStmt: 'grant rights',
};
