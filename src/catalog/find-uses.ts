import {
  findCte,
  noScope,
  sourcesNamed,
  sourcesWithColumn,
  withoutSources,
  type Scope,
  type Source,
  type Watched,
} from './statement-scope.ts';
import { child, children, has, inside, names, text, type Tree } from './syntax-tree.ts';

/** What one statement does with the watched tables. */
export interface Uses {
  /** The watched columns it names; `*` when it uses all columns of a watched table. */
  readonly columns: ReadonlySet<string>;
  readonly reads: boolean;
  readonly writes: boolean;
  /** Every column of a watched table is in its result, whatever columns there are. */
  readonly returnsAll: boolean;
  /** It names a table that is watched without columns. */
  readonly named: boolean;
  /** The schemas it names tables in. */
  readonly schemas: ReadonlySet<string>;
}

interface Seen {
  readonly watched: readonly Watched[];
  readonly columns: Set<string>;
  readonly schemas: Set<string>;
  reads: boolean;
  writes: boolean;
  named: boolean;
}

const statementKinds = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'];

/** What a parsed statement does with the watched tables; null for a utility statement. What could be a watched column counts as one. */
export function findUses(statement: Tree, watched: readonly Watched[]): Uses | null {
  const kind = statementKinds.find((k) => has(statement, k));
  if (!kind) return null;
  const seen: Seen = { watched, columns: new Set(), schemas: new Set(), reads: false, writes: false, named: false };
  const returnsAll = visitStatement(seen, kind, child(statement, kind), noScope);
  return { ...seen, returnsAll };
}

/** Visits one level; says whether its result holds every column of a watched table. */
function visitStatement(seen: Seen, kind: string, statement: Tree, outer: Scope): boolean {
  const bare: Scope = { outer, ctes: visitCtes(seen, child(statement, 'withClause'), outer), sources: [] };
  const branches = ['larg', 'rarg'].filter((side) => has(statement, side));
  const branchAll = branches.map((side) => visitStatement(seen, 'SelectStmt', child(statement, side), bare));
  const scope = { ...bare, sources: sourcesOf(seen, kind, statement, bare) };
  if (kind !== 'SelectStmt') visitTarget(seen, kind, statement, scope);
  // What an INSERT selects does not see the table it goes into.
  visitInside(seen, { selectStmt: statement['selectStmt'] }, bare);
  visitInside(seen, without(statement, ['withClause', 'larg', 'rarg', 'selectStmt']), scope);
  const result =
    kind === 'SelectStmt' ? children(statement, 'targetList') : children(child(statement, 'returningClause'), 'exprs');
  return (
    branchAll.includes(true) || result.some((target) => isStarOfAll(child(child(target, 'ResTarget'), 'val'), scope))
  );
}

const without = (node: Tree, keys: readonly string[]): Tree =>
  Object.fromEntries(Object.entries(node).filter(([key]) => !keys.includes(key)));

function visitCtes(seen: Seen, withClause: Tree, outer: Scope): ReadonlyMap<string, boolean> {
  const ctes = new Map<string, boolean>();
  const expressions = children(withClause, 'ctes').map((cte) => child(cte, 'CommonTableExpr'));
  if (withClause['recursive'] === true) for (const cte of expressions) ctes.set(text(cte, 'ctename') ?? '', false);
  for (const cte of expressions) {
    const all = visitQuery(seen, child(cte, 'ctequery'), { outer, ctes: new Map(ctes), sources: [] });
    ctes.set(text(cte, 'ctename') ?? '', all);
  }
  return ctes;
}

function visitQuery(seen: Seen, query: Tree, scope: Scope): boolean {
  const kind = statementKinds.find((k) => has(query, k));
  return kind !== undefined && visitStatement(seen, kind, child(query, kind), scope);
}

function sourcesOf(seen: Seen, kind: string, statement: Tree, bare: Scope): readonly Source[] {
  const target = child(statement, 'relation');
  const aliases = kind === 'InsertStmt' ? ['excluded', 'old', 'new'] : ['old', 'new'];
  const written = has(statement, 'relation') ? [withNames(tableSource(seen, target, bare), aliases)] : [];
  const from = [
    ...children(statement, 'fromClause'),
    ...children(statement, 'usingClause'),
    ...(has(statement, 'sourceRelation') ? [child(statement, 'sourceRelation')] : []),
  ];
  return from.reduce<readonly Source[]>(
    (found, item) => [...found, ...sourcesIn(seen, item, { ...bare, sources: found })],
    written,
  );
}

const withNames = (source: Source, more: readonly string[]): Source => ({
  ...source,
  names: [...source.names, ...more],
});

function sourcesIn(seen: Seen, item: Tree, scope: Scope): readonly Source[] {
  if (has(item, 'RangeVar')) return [tableSource(seen, child(item, 'RangeVar'), scope)];
  if (has(item, 'RangeTableSample')) return sourcesIn(seen, child(child(item, 'RangeTableSample'), 'relation'), scope);
  if (has(item, 'RangeSubselect')) return [subselectSource(seen, child(item, 'RangeSubselect'), scope)];
  if (has(item, 'JoinExpr')) return joinSources(seen, child(item, 'JoinExpr'), scope);
  return [];
}

function tableSource(seen: Seen, relation: Tree, scope: Scope): Source {
  const schema = text(relation, 'schemaname');
  const name = text(relation, 'relname') ?? '';
  const alias = text(child(relation, 'alias'), 'aliasname');
  if (schema !== null) seen.schemas.add(schema);
  const cte = schema === null ? findCte(name, scope) : undefined;
  const matches = (t: Watched) => t.name === name && (schema === null ? t.visible : t.schema === schema);
  const table = cte === undefined ? (seen.watched.find(matches) ?? null) : null;
  if (table?.columns.length === 0) seen.named = true;
  // Renamed columns, `AS u (a, b)`, take all of them in their order.
  if (table && children(child(relation, 'alias'), 'colnames').length > 0) read(seen, '*');
  return { names: [alias ?? name], table, all: table !== null || cte === true };
}

function subselectSource(seen: Seen, subselect: Tree, scope: Scope): Source {
  const sees = subselect['lateral'] === true ? scope : withoutSources(scope);
  const all = visitQuery(seen, child(subselect, 'subquery'), { outer: sees, ctes: new Map(), sources: [] });
  const alias = text(child(subselect, 'alias'), 'aliasname');
  return { names: alias === null ? [] : [alias], table: null, all };
}

function joinSources(seen: Seen, join: Tree, scope: Scope): readonly Source[] {
  const left = sourcesIn(seen, child(join, 'larg'), scope);
  const right = sourcesIn(seen, child(join, 'rarg'), { ...scope, sources: [...scope.sources, ...left] });
  const both = [...left, ...right];
  const inner: Scope = { ...scope, sources: both };
  for (const column of names(children(join, 'usingClause'))) visitColumn(seen, [column], false, inner);
  if (join['isNatural'] === true && both.some((s) => s.table)) read(seen, '*');
  const alias = text(child(join, 'alias'), 'aliasname');
  return alias === null ? both : both.map((source) => withNames(source, [alias]));
}

/** The columns an INSERT, UPDATE, DELETE or MERGE writes. */
function visitTarget(seen: Seen, kind: string, statement: Tree, scope: Scope): void {
  const table = scope.sources[0]?.table;
  if (!table) return;
  const writes = (targets: readonly Tree[]) => {
    for (const target of targets) writeColumn(seen, table, text(child(target, 'ResTarget'), 'name') ?? '');
  };
  const writesAll = () => writeColumn(seen, table, '*');
  if (kind === 'DeleteStmt' || table.columns.length === 0) seen.writes = true;
  if (kind === 'UpdateStmt') writes(children(statement, 'targetList'));
  if (kind === 'InsertStmt') {
    const columns = children(statement, 'cols');
    if (columns.length === 0) writesAll();
    writes(columns);
    const conflict = child(statement, 'onConflictClause');
    writes(children(conflict, 'targetList'));
    for (const element of children(child(conflict, 'infer'), 'indexElems')) {
      const column = text(child(element, 'IndexElem'), 'name');
      if (column !== null) visitColumn(seen, [column], false, scope);
    }
  }
  for (const clause of children(statement, 'mergeWhenClauses').map((c) => child(c, 'MergeWhenClause'))) {
    const columns = children(clause, 'targetList');
    if (text(clause, 'commandType') === 'CMD_DELETE') seen.writes = true;
    if (text(clause, 'commandType') === 'CMD_INSERT' && columns.length === 0) writesAll();
    writes(columns);
  }
}

function writeColumn(seen: Seen, table: Watched, column: string): void {
  if (column !== '*' && !table.columns.includes(column)) return;
  seen.columns.add(column);
  seen.writes = true;
}

function read(seen: Seen, column: string): void {
  seen.columns.add(column);
  seen.reads = true;
}

function visitInside(seen: Seen, node: Tree, scope: Scope): void {
  for (const [key, part] of inside(node)) visit(seen, key, part, scope);
}

function visit(seen: Seen, key: string, node: Tree, scope: Scope): void {
  if (statementKinds.includes(key)) visitStatement(seen, key, node, scope);
  else if (key === 'ColumnRef') visitColumnRef(seen, node, scope);
  else if (key === 'A_Indirection' && isPartOfRow(node, scope)) visitPartOfRow(seen, node, scope);
  else if (key !== 'RangeSubselect') visitInside(seen, node, scope); // its query was visited as a source
}

const isStar = (fields: readonly Tree[]) => fields.some((field) => has(field, 'A_Star'));

const visitColumnRef = (seen: Seen, reference: Tree, scope: Scope) => {
  const fields = children(reference, 'fields');
  visitColumn(seen, names(fields), isStar(fields), scope);
};

function visitColumn(seen: Seen, parts: readonly string[], star: boolean, scope: Scope): void {
  const column = parts.at(-1);
  const qualifier = star ? column : parts.at(-2);
  if (star || column === undefined) {
    const sources = qualifier === undefined ? scope.sources : sourcesNamed(qualifier, scope);
    if (sources.some((s) => s.table)) read(seen, '*');
  } else if (qualifier !== undefined) {
    if (sourcesNamed(qualifier, scope).some((s) => s.table?.columns.includes(column))) read(seen, column);
  } else if (sourcesWithColumn(column, scope).length > 0) read(seen, column);
  else if (sourcesNamed(column, scope).some((s) => s.table)) read(seen, '*'); // a whole row
}

/** `(u).name` and `(u).*`, where u is a source. */
const isPartOfRow = (indirection: Tree, scope: Scope): boolean => {
  const row = names(children(child(child(indirection, 'arg'), 'ColumnRef'), 'fields'));
  return row.length === 1 && sourcesNamed(row[0] ?? '', scope).length > 0;
};

function visitPartOfRow(seen: Seen, indirection: Tree, scope: Scope): void {
  const row = names(children(child(child(indirection, 'arg'), 'ColumnRef'), 'fields'));
  const parts = children(indirection, 'indirection');
  visitColumn(seen, [...row, ...names(parts).slice(0, 1)], isStar(parts), scope);
  visitInside(seen, { indirection: parts }, scope);
}

/** Is this output `*` or `source.*` of something that holds every column of a watched table? */
function isStarOfAll(value: Tree, scope: Scope): boolean {
  const fields = children(child(value, 'ColumnRef'), 'fields');
  if (!isStar(fields)) return false;
  const qualifier = names(fields).at(-1);
  return (qualifier === undefined ? scope.sources : sourcesNamed(qualifier, scope)).some((s) => s.all);
}
