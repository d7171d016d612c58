import { parseSync } from 'libpg-query';
import { child, children, type Tree } from '../catalog/syntax-tree.ts';
import '../sql/expressions.ts'; // loads the parser

/** The statements of a text, or null when PostgreSQL's parser does not take it. */
export function parsed(sql: string): readonly Tree[] | null {
  try {
    const { stmts = [] } = parseSync(sql);
    return stmts.map(({ stmt }) => (stmt ?? {}) as unknown as Tree);
  } catch {
    return null;
  }
}

/** The one expression that a text is, or null. */
export function parsedExpression(sql: string): Tree | null {
  const statements = parsed(`SELECT (${sql}\n)`) ?? [];
  const [target, ...more] = children(child(statements[0] ?? {}, 'SelectStmt'), 'targetList');
  return statements.length === 1 && target && !more.length ? child(child(target, 'ResTarget'), 'val') : null;
}
