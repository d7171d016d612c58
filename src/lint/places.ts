import type { Statement } from './statement.ts';
import { type Span, type Token, tokensOf } from './tokens.ts';

interface Written extends Span {
  readonly statement: Statement;
}

/** Rules ask about the same statement again and again, and about one after the other. */
let last: { readonly statement: Statement; readonly tokens: readonly Token[] } | null = null;

const tokens = ({ statement, start, end }: Written): readonly Token[] => {
  if (last?.statement !== statement) last = { statement, tokens: tokensIn(statement) };
  return last.tokens.filter((token) => token.start >= start && token.start < end);
};

const tokensIn = ({ text, start, end }: Statement): readonly Token[] =>
  text.length === end - start
    ? [...tokensOf(text)].flatMap((token) =>
        token.kind === 'comment' ? [] : { ...token, start: token.start + start, end: token.end + start },
      )
    : []; // what a string says is not what is written

const textOf = ({ text, start }: Statement, token: Span): string => text.slice(token.start - start, token.end - start);

/** From a place to the comma, bracket or end that closes the item of a list it is in. */
export function itemAt(statement: Statement, start: number): Span {
  let [depth, end] = [0, start];
  for (const token of tokens({ statement, start, end: statement.end })) {
    const text = textOf(statement, token);
    if (text === '(' || text === '[') depth++;
    else if (text === ')' || text === ']') depth--;
    if (depth < 0 || (depth === 0 && text === ',')) break;
    end = token.end;
  }
  return end > start ? { start, end } : whole(statement);
}

/** The qualified name, or the one token, that is at a place. */
export function nameAt(statement: Statement, start: number): Span {
  let end = start;
  let dotted = true;
  for (const token of tokens({ statement, start, end: statement.end })) {
    const dot = textOf(statement, token) === '.';
    if (!dot && !dotted) break;
    dotted = dot;
    end = token.end;
  }
  return end > start ? { start, end } : whole(statement);
}

export const whole = ({ start, end }: Statement): Span => ({ start, end });

/** The actions of an ALTER TABLE after its table, whose name is at `table`. */
export function actionsOf(statement: Statement, table: number): readonly Span[] {
  const name = nameAt(statement, table);
  const rest = tokens({ statement, start: name.end, end: statement.end });
  const first = rest[0] && textOf(statement, rest[0]) === '*' ? rest[1] : rest[0];
  const actions: Span[] = [];
  for (let start = first?.start; start !== undefined;) {
    const action = itemAt(statement, start);
    actions.push(action);
    start = rest.find((token) => token.start > action.end)?.start;
    const comma = rest.find((token) => token.start >= action.end);
    if (comma) start = rest[rest.indexOf(comma) + 1]?.start;
  }
  return actions;
}

/** The place of a run of words such as `ON CONFLICT`, the first from `from` on; null when it is not there. */
export function wordsAt(statement: Statement, words: readonly string[], from = statement.start): Span | null {
  const list = tokens({ statement, start: from, end: statement.end });
  for (let i = 0; i + words.length <= list.length; i++) {
    const run = list.slice(i, i + words.length);
    if (run.every((token, j) => textOf(statement, token).toUpperCase() === words[j]))
      return { start: run[0]?.start ?? from, end: run.at(-1)?.end ?? from };
  }
  return null;
}
