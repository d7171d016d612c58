import { parseSync } from 'libpg-query';
import { deparseSync } from 'pgsql-deparser';
import { child, children, names, text, type Tree } from '../catalog/syntax-tree.ts';
import '../sql/expressions.ts'; // loads the parser
import type { Entry } from './outline.ts';
import type { ProposedSql, Slot, SpecifiedColumn } from './requirements.ts';

type Side = ProposedSql['side'];

/** Which schema a piece of code shows, by what stands above it. */
export const sideOf = (slot: Slot | null): Side =>
  slot === 'current' || slot === 'rollback'
    ? slot
    : slot === 'alternatives' || slot === 'exclusions'
      ? 'alternative'
      : 'target';

const SQL = /^(?:sql|postgres|postgresql|psql|plpgsql|pgsql)$/iu;

export const isSql = ({ node, text: code }: Entry): boolean =>
  node.type === 'code' &&
  (SQL.test(node.lang ?? '') || (!node.lang && /^\s*(?:--.*\n\s*)*(?:CREATE|ALTER|DROP)\s/iu.test(code)));

/** The statements of a fence, each with its line; as one piece when PostgreSQL's parser does not take it. */
export function sqlIn(entry: Entry, side: Side): { readonly sql: ProposedSql[]; readonly columns: SpecifiedColumn[] } {
  const place = { line: entry.line === null ? null : entry.line + 1, block: entry.block };
  const statements = parsed(entry.text);
  if (!statements) return { sql: [{ sql: entry.text.trim(), statement: null, side, ...place }], columns: [] };
  const sql = statements.map(({ source, at, kind }): ProposedSql => ({
    sql: source,
    statement: kind,
    side,
    block: entry.block,
    line: lineAt(place.line, entry.text, at),
  }));
  if (side !== 'current' && side !== 'target') return { sql, columns: [] };
  const columns = statements.flatMap(({ tree, kind, at }) =>
    columnsOf(kind, tree).map((column) => ({
      ...column,
      side,
      block: entry.block,
      line: lineAt(place.line, entry.text, at),
    })),
  );
  return { sql, columns };
}

const lineAt = (first: number | null, code: string, at: number) =>
  first === null ? null : first + code.slice(0, at).split('\n').length - 1;

interface Parsed {
  readonly source: string;
  readonly at: number;
  readonly kind: string;
  readonly tree: Tree;
}

function parsed(code: string): Parsed[] | null {
  try {
    const { stmts = [] } = parseSync(code) as {
      stmts?: readonly { stmt?: object; stmt_location?: number; stmt_len?: number }[];
    };
    const bytes = Buffer.from(code);
    return stmts.map(({ stmt = {}, stmt_location: start = 0, stmt_len: length }) => {
      const raw = bytes.subarray(start, length === undefined ? undefined : start + length).toString();
      const lead = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*/u.exec(raw)?.[0] ?? '';
      const [kind = '', tree = {}] = Object.entries(stmt)[0] ?? [];
      return {
        source: raw.slice(lead.length).trim(),
        at: bytes.subarray(0, start).toString().length + lead.length,
        kind,
        tree: tree as Tree,
      };
    });
  } catch {
    return null;
  }
}

type Described = Omit<SpecifiedColumn, 'side' | 'line' | 'block'>;

function columnsOf(kind: string, tree: Tree): Described[] {
  const table = tableName(child(tree, 'relation'));
  if (kind === 'CreateStmt')
    return children(tree, 'tableElts').flatMap((element) => described(child(element, 'ColumnDef'), table, 'is'));
  if (kind !== 'AlterTableStmt') return [];
  return children(tree, 'cmds').flatMap((command): Described[] => {
    const alter = child(command, 'AlterTableCmd');
    const [subtype, column] = [text(alter, 'subtype'), text(alter, 'name')];
    if (subtype === 'AT_AddColumn') return described(child(child(alter, 'def'), 'ColumnDef'), table, 'add');
    if (subtype === 'AT_DropColumn' && column !== null)
      return [{ table, column, type: null, nullable: null, default: null, change: 'drop', rule: 'SQL' }];
    if (subtype === 'AT_SetNotNull' && column !== null)
      return [{ table, column, type: null, nullable: false, default: null, change: 'is', rule: 'SQL' }];
    if (subtype === 'AT_AlterColumnType' && column !== null)
      return [
        {
          table,
          column,
          type: typeName(child(child(child(alter, 'def'), 'ColumnDef'), 'typeName')),
          nullable: null,
          default: null,
          change: 'is',
          rule: 'SQL',
        },
      ];
    return [];
  });
}

function described(definition: Tree, table: string | null, change: Described['change']): Described[] {
  const column = text(definition, 'colname');
  if (column === null) return [];
  const constraints = children(definition, 'constraints').map((c) => child(c, 'Constraint'));
  const kinds = constraints.map((c) => text(c, 'contype'));
  const nullable = kinds.some((kind) => kind === 'CONSTR_NOTNULL' || kind === 'CONSTR_PRIMARY') ? false : null;
  const value = constraints.find((c) => text(c, 'contype') === 'CONSTR_DEFAULT');
  return [
    {
      ...{ table, column, type: typeName(child(definition, 'typeName')), nullable },
      default: value ? deparseSync(child(value, 'raw_expr')) : null,
      ...{ change, rule: 'SQL' },
    },
  ];
}

const tableName = (relation: Tree): string | null => {
  const [schema, name] = [text(relation, 'schemaname'), text(relation, 'relname')];
  return schema === null ? name : `${schema}.${name ?? ''}`;
};

/** As people write it, with its modifiers: `varchar(10)`, `text[]`. */
export function typeName(type: Tree): string | null {
  const plain = names(children(type, 'names'))
    .filter((part) => part !== 'pg_catalog')
    .join('.');
  if (plain === '') return null;
  const modifiers = children(type, 'typmods').map((node) => child(child(node, 'A_Const'), 'ival')['ival']);
  const shown = modifiers.filter((value) => typeof value === 'number');
  const spoken = Object.hasOwn(spokenTypes, plain) ? (spokenTypes[plain] ?? plain) : plain;
  return `${spoken}${shown.length ? `(${shown.join(', ')})` : ''}${children(type, 'arrayBounds').length ? '[]' : ''}`;
}

const spokenTypes: Readonly<Record<string, string>> = {
  ...{ int2: 'smallint', int4: 'integer', int8: 'bigint', bool: 'boolean', bpchar: 'char' },
  ...{ float4: 'real', float8: 'double precision' },
};
