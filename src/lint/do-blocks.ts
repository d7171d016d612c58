import { parsePlPgSQLSync } from 'libpg-query';
import { walk } from '../sql/expressions.ts';
import { type Known, knownValue } from './dynamic-sql.ts';
import { as, kindOf, optionOf, valueOf } from './nodes.ts';
import { unitsOf } from './source.ts';
import { rawStatements, type Statement } from './statement.ts';
import { type Span, skipComments, tokensOf } from './tokens.ts';
import { BlockVariables } from './variables.ts';

interface Expression {
  readonly PLpgSQL_expr?: { readonly query?: string };
}

/** What a DO block runs, in its order. A block the parser cannot read is left alone. */
export function innerStatements(block: Statement): readonly Statement[] {
  const options = as(block.node, 'DoStmt')?.args;
  const body = valueOf(optionOf(options, 'as'));
  if (body === null || (valueOf(optionOf(options, 'language')) ?? 'plpgsql').toLowerCase() !== 'plpgsql') return [];
  const place = bodyPlace(block);
  let cursor = 0;
  /** Where the block's text has this query: after those before it. */
  const spanOf = (query: string): Span => {
    const at = body.indexOf(query, cursor);
    if (place === null || at === -1) return { start: block.start, end: block.end };
    cursor = at + query.length;
    return { start: place + at, end: place + cursor };
  };
  return bodyParts(block).flatMap(({ how, query, value }) => {
    if (how === 'execute') return executed(block, { query, value }, spanOf(query));
    if (how === 'run') return statementsIn(block, query, spanOf(query));
    // PERFORM is handed over as a SELECT, which is longer than what is written
    const { start, end } = spanOf(query.slice(SELECT.length));
    return statementsIn(block, query, { start: start - SELECT.length, end }).map((s) => ({ ...s, start }));
  });
}

const SELECT = 'SELECT ';

/** Where the text between the block's dollar quotes begins; null for a quoted string, whose text is not what it says. */
function bodyPlace({ text, start }: Statement): number | null {
  for (const token of tokensOf(text)) if (token.kind === 'body') return start + text.indexOf('$', token.start + 1) + 1;
  return null;
}

interface Part {
  readonly how: 'run' | 'perform' | 'execute';
  readonly query: string;
  /** What an executed expression is, when that is known. */
  readonly value?: Known;
}

function bodyParts({ text }: Statement): readonly Part[] {
  let tree: unknown;
  try {
    tree = parsePlPgSQLSync(text);
  } catch {
    return []; // PostgreSQL will say what is wrong with it
  }
  const parts: Part[] = [];
  const variables = new BlockVariables(tree);
  const add = (how: Part['how'], expression: unknown) => {
    const query = (expression as Expression | undefined)?.PLpgSQL_expr?.query;
    if (query === undefined) return;
    parts.push({ how, query, ...(how === 'execute' && { value: knownValue(query, variables.known) }) });
  };
  walk(tree, (kind, node) => {
    const statement = node as Record<string, unknown>;
    variables.pass(node);
    if (kind === 'PLpgSQL_stmt_execsql') add('run', statement['sqlstmt']);
    else if (kind === 'PLpgSQL_stmt_perform') add('perform', statement['expr']);
    else if (kind === 'PLpgSQL_stmt_dynexecute') add('execute', statement['query']);
    else if (kind === 'PLpgSQL_stmt_commit') parts.push({ how: 'run', query: 'COMMIT' });
    else if (kind === 'PLpgSQL_stmt_rollback') parts.push({ how: 'run', query: 'ROLLBACK' });
  });
  return parts;
}

/** A string that a block executes: what it says when it is known before it runs. */
function executed(block: Statement, { query, value }: Pick<Part, 'query' | 'value'>, span: Span): readonly Statement[] {
  if (!value) return [unknown(block, span)];
  const { text } = value;
  const inside = isLiteral(query) && span.end - span.start === query.length ? query.indexOf(text) : -1;
  if (inside !== -1)
    return statementsIn(block, text, { start: span.start + inside, end: span.start + inside + text.length });
  // the space makes it longer than its place, so that nothing looks there for its words
  return statementsIn(block, text.length === span.end - span.start ? `${text} ` : text, span);
}

const unknown = (block: Statement, span: Span): Statement => ({
  ...{ node: block.node, kind: 'DoStmt', text: '', ...span, index: () => span.start, block, opaque: true },
});

const isLiteral = (query: string): boolean => /^\s*(?:e?'|\$)[^]*['$]\s*$/iu.test(query);

function statementsIn(block: Statement, query: string, span: Span): readonly Statement[] {
  let raw;
  try {
    raw = rawStatements(query);
  } catch {
    return [];
  }
  const units = unitsOf(query);
  const exact = span.end - span.start === query.length;
  return raw.flatMap(({ stmt: node, stmt_location = 0, stmt_len = 0 }) => {
    if (!node) return [];
    const to = stmt_len === 0 ? query.length : units(stmt_location + stmt_len);
    const from = skipComments(query, units(stmt_location), to);
    const place = exact ? { start: span.start + from, end: span.start + to } : span;
    const index = exact ? (byte: number) => span.start + units(byte) : () => span.start;
    return [{ node, kind: kindOf(node), text: query.slice(from, to), ...place, index, block, opaque: false }];
  });
}
