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
  return [...commentsOf(text, 0, text.length)].flatMap((comment): readonly Directive[] => {
    const [found, file, rules] = pattern.exec(text.slice(comment.start, comment.end)) ?? [];
    if (found === undefined) return [];
    const statement = file ? null : (nextStatement(statements, comment.start) ?? null);
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

/** The innermost statement that is there, or the next one. */
function nextStatement(statements: readonly Statement[], at: number): Statement | undefined {
  const outer = statements.find(({ block, end }) => block === null && end > at);
  if (!outer || outer.start > at) return outer;
  return statements.find(({ block, end }) => block === outer && end > at) ?? outer;
}

/** Whether the directive is about what was found in a statement. */
export const covers = ({ statement, dangling }: Directive, found: Statement): boolean =>
  !dangling && (statement === null || statement === found || statement === found.block);
