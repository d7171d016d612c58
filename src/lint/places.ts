import type { Statement } from './statement.ts';
import { type Span, type Token, tokensOf } from './tokens.ts';

/** Rules ask about the same statement again and again, and about one after the other. */
let last: { readonly statement: Statement; readonly tokens: readonly Token[] } | null = null;

const tokensOfStatement = (statement: Statement): readonly Token[] => {
  if (last?.statement !== statement) last = { statement, tokens: tokensIn(statement) };
  return last.tokens;
};

/** Where the first token is that begins at a place or after it: a list of thousands is asked about each of its items. */
function firstFrom(list: readonly Token[], start: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function* tokensFrom(statement: Statement, start: number): Generator<Token> {
  const list = tokensOfStatement(statement);
  for (let i = firstFrom(list, start); i < list.length; i++) {
    const token = list[i];
    if (token) yield token;
  }
}

const tokensIn = ({ text, start, end }: Statement): readonly Token[] =>
  text.length === end - start
    ? [...tokensOf(text)].flatMap((token) =>
        token.kind === 'comment' ? [] : { ...token, start: token.start + start, end: token.end + start },
      )
    : []; // what a string says is not what is written

const wordOf = (statement: Statement, token: Span | undefined): string =>
  token === undefined ? '' : textOf(statement, token).toUpperCase();

const textOf = ({ text, start }: Statement, token: Span): string => text.slice(token.start - start, token.end - start);

/** From a place to the comma, bracket or end that closes the item of a list it is in. */
export function itemAt(statement: Statement, start: number): Span {
  let [depth, end] = [0, start];
  for (const token of tokensFrom(statement, start)) {
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
  for (const token of tokensFrom(statement, start)) {
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
  const list = tokensOfStatement(statement);
  let i = firstFrom(list, name.end);
  if (wordOf(statement, list[i]) === '*') i++;
  const actions: Span[] = [];
  for (let token = list[i]; token; token = list[i]) {
    const action = itemAt(statement, token.start);
    actions.push(action);
    i = firstFrom(list, action.end) + 1; // behind the comma
  }
  return actions;
}

/** The place of a run of words such as `ON CONFLICT`, the first from `from` on; null when it is not there. */
export function wordsAt(statement: Statement, words: readonly string[], from = statement.start): Span | null {
  const list = tokensOfStatement(statement);
  for (let i = firstFrom(list, from); i + words.length <= list.length; i++) {
    if (words.every((word, j) => wordOf(statement, list[i + j]) === word))
      return { start: list[i]?.start ?? from, end: list[i + words.length - 1]?.end ?? from };
  }
  return null;
}
