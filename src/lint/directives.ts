import { as } from './nodes.ts';
import type { Statement } from './statement.ts';
import { type Span, tokensOf } from './tokens.ts';

/** A comment that turns rules off: for the next statement, or for the file. */
export interface Directive extends Span {
  readonly rules: readonly string[];
  /** Null for the whole file. */
  readonly statement: Statement | null;
  /** It is for a statement, and none follows. */
  readonly dangling: boolean;
}

const mark = 'lockkeeper:ignore';
const pattern = /lockkeeper:ignore(-file)?(?![\w-])[ \t]*([\w-]+(?:[ \t]*,[ \t]*[\w-]+)*)?/u;

export function directivesOf(text: string, statements: readonly Statement[]): readonly Directive[] {
  if (!text.includes(mark)) return [];
  const statementAt = statementFor(text, statements);
  return [...commentsOf(text, 0, text.length)].flatMap((comment): readonly Directive[] => {
    const [found, file, rules] = pattern.exec(text.slice(comment.start, comment.end)) ?? [];
    if (found === undefined) return [];
    const statement = file ? null : statementAt(comment);
    const names = (rules ?? '').split(',').map((rule) => rule.trim());
    return [{ ...comment, rules: names.filter(Boolean), statement, dangling: !file && statement === null }];
  });
}

/** Comments, those in the bodies of DO blocks and functions too. */
function* commentsOf(text: string, from: number, to: number): Generator<Span> {
  for (const { kind, start, end } of tokensOf(text, from, to)) {
    if (kind === 'comment') yield { start, end };
    if (kind !== 'body' || !text.slice(start, end).includes(mark)) continue;
    const delimiter = text.indexOf('$', start + 1) + 1 - start;
    yield* commentsOf(text, start + delimiter, end - delimiter);
  }
}

/** Finds the innermost statement that a comment is in, the one whose line it ends, or the next one. */
function statementFor(text: string, statements: readonly Statement[]): (comment: Span) => Statement | null {
  const outer = statements.filter(({ block }) => block === null);
  const ends = (before: Statement | undefined, { start, end }: Span): boolean =>
    before !== undefined &&
    /^[; \t]*$/u.test(text.slice(before.end, start)) &&
    /^[ \t]*(?:\r?\n|$)/u.test(text.slice(end));
  const nearest = (among: readonly Statement[], at: number, comment: Span): Statement | undefined =>
    ends(among[at - 1], comment) ? among[at - 1] : among[at];
  return (comment) => {
    let [low, high] = [0, outer.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((outer[middle]?.end ?? 0) > comment.start) high = middle;
      else low = middle + 1;
    }
    const found = nearest(outer, low, comment);
    if (!found || found.start > comment.start || as(found.node, 'DoStmt') === undefined) return found ?? null;
    const inner = statements.filter(({ block }) => block === found);
    const after = inner.findIndex(({ end }) => end > comment.start);
    return nearest(inner, after === -1 ? inner.length : after, comment) ?? found;
  };
}

/** The directives that are about what is found in a statement: those of the file, its own, and those of its DO block. */
export function directivesByStatement(directives: readonly Directive[]): (found: Statement) => readonly Directive[] {
  const byStatement = new Map<Statement | null, Directive[]>();
  for (const directive of directives) {
    if (directive.dangling) continue;
    const same = byStatement.get(directive.statement);
    if (same) same.push(directive);
    else byStatement.set(directive.statement, [directive]);
  }
  const of = (statement: Statement | null) => byStatement.get(statement) ?? [];
  return (found) => [...of(null), ...of(found), ...(found.block ? of(found.block) : [])];
}
