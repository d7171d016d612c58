import type { Node } from '@pgsql/types';
import { loadModule, parseSync, scanSync } from 'libpg-query';
import { expressionInvalid } from './errors.ts';

/** PostgreSQL's own parser is WebAssembly and must be loaded once; every file that parses imports this one. */
await loadModule();

interface Reference {
  /** Byte offsets into the expression. */
  readonly start: number;
  readonly end: number;
  readonly fields: readonly string[];
}

/** Refuses anything but one scalar expression: what is pasted into our statements must not end them, and must not query tables. */
export function checkExpression(text: string, where: string): void {
  references(text, where);
}

/** The columns an expression names, each once; `table.column` counts as `column`. */
export const columnsOf = (text: string, where: string): readonly string[] => [
  ...new Set(references(text, where).map((r) => r.fields.at(-1) ?? '')),
];

/** The expression with each column reference replaced by other SQL text. */
export function substituteColumns(text: string, where: string, replacement: (column: string) => string): string {
  const bytes = Buffer.from(text);
  let result = '';
  let from = 0;
  for (const { start, end, fields } of references(text, where)) {
    result += bytes.subarray(from, start).toString() + replacement(fields.at(-1) ?? '');
    from = end;
  }
  return result + bytes.subarray(from).toString();
}

const PREFIX = 'SELECT (';

function references(text: string, where: string): readonly Reference[] {
  const statement = `${PREFIX}${text}\n)`;
  let tree: unknown;
  let tokens: ReturnType<typeof scanSync>['tokens'];
  try {
    tree = parseSync(statement);
    // It cannot hand back a control character inside a literal or a name.
    ({ tokens } = scanSync(statement));
  } catch (error) {
    throw expressionInvalid(text, where, error instanceof Error ? error.message : String(error));
  }
  const { stmts } = tree as { stmts: readonly { stmt: Node }[] };
  const select = stmts.length === 1 && stmts[0] && 'SelectStmt' in stmts[0].stmt ? stmts[0].stmt.SelectStmt : undefined;
  const clauses = Object.keys(select ?? {})
    .sort()
    .join();
  if (select?.targetList?.length !== 1 || clauses !== 'limitOption,op,targetList')
    throw expressionInvalid(text, where, 'it is more than one expression');
  if (tokens.some((t) => t.tokenName.endsWith('COMMENT')))
    throw expressionInvalid(text, where, 'it contains a comment');

  const found: Reference[] = [];
  walk(select.targetList, (kind, node) => {
    if (kind === 'SubLink')
      throw expressionInvalid(text, where, 'it contains a query; only the row itself may be used');
    if (kind === 'ParamRef') throw expressionInvalid(text, where, 'it contains a parameter');
    if (kind !== 'ColumnRef') return;
    const { fields = [], location = 0 } = node as { fields?: readonly Node[]; location?: number };
    const names = fields.map((f) => ('String' in f ? (f.String.sval ?? '') : '*'));
    if (names.includes('*')) throw expressionInvalid(text, where, 'it contains *');
    const first = tokens.findIndex((t) => t.start === location);
    const last = tokens[first + names.length * 2 - 2];
    if (last) found.push({ start: location - PREFIX.length, end: last.end - PREFIX.length, fields: names });
  });
  return found.sort((a, b) => a.start - b.start);
}

/** Visits every node of a parse tree, naming its kind: the key that wraps it. */
export function walk(tree: unknown, visit: (kind: string, node: unknown) => void): void {
  if (Array.isArray(tree)) for (const item of tree) walk(item, visit);
  else if (tree !== null && typeof tree === 'object')
    for (const key in tree) {
      const value: unknown = tree[key as keyof typeof tree];
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) visit(key, value);
      walk(value, visit);
    }
}
