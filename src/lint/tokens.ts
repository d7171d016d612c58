/** A range of a file's text, in UTF-16 units; the end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Token extends Span {
  readonly kind: 'word' | 'name' | 'string' | 'body' | 'number' | 'symbol' | 'comment';
}

const space = /[ \t\n\r\f\v]+/uy;
const word = /[A-Za-z_\u{80}-\u{10ffff}][\w$\u{80}-\u{10ffff}]*/uy;
const number = /\d[\w.]*/uy;
const bodyStart = /\$(?:[A-Za-z_\u{80}-\u{10ffff}][\w\u{80}-\u{10ffff}]*)?\$/uy;
const commentMark = /\/\*|\*\//gu;

/** PostgreSQL's tokens of a part of a text, comments included. Used only to find places: what a statement means comes from its parser. */
export function* tokensOf(text: string, from = 0, to = text.length): Generator<Token> {
  let at = from;
  while (at < to) {
    at = matchAt(space, text, at) ?? at;
    if (at >= to) return;
    const token = tokenAt(text, at);
    yield token;
    at = token.end;
  }
}

/** Where the first token that is no comment begins; `to` when there is none. */
export function skipComments(text: string, from: number, to: number): number {
  for (const { kind, start } of tokensOf(text, from, to)) if (kind !== 'comment') return start;
  return to;
}

function tokenAt(text: string, start: number): Token {
  const two = text.slice(start, start + 2);
  if (two === '--') return { kind: 'comment', start, end: lineEnd(text, start) };
  if (two === '/*') return { kind: 'comment', start, end: blockCommentEnd(text, start) };
  if (/^[eE]'/u.test(two)) return { kind: 'string', start, end: escapedEnd(text, start + 2) };
  const [c = ''] = two;
  if (c === "'") return { kind: 'string', start, end: after(text, "'", start + 1) };
  if (c === '"') return { kind: 'name', start, end: quotedNameEnd(text, start) };
  if (c === '$') {
    const open = matchAt(bodyStart, text, start);
    if (open !== null) return { kind: 'body', start, end: after(text, text.slice(start, open), open) };
  }
  const wordEnd = matchAt(word, text, start);
  if (wordEnd !== null) return { kind: 'word', start, end: wordEnd };
  const numberEnd = matchAt(number, text, start);
  if (numberEnd !== null) return { kind: 'number', start, end: numberEnd };
  return { kind: 'symbol', start, end: start + 1 };
}

function matchAt(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

const after = (text: string, mark: string, from: number): number => {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found + mark.length;
};

const lineEnd = (text: string, from: number): number => {
  const found = text.indexOf('\n', from);
  return found === -1 ? text.length : found;
};

function quotedNameEnd(text: string, start: number): number {
  let end = after(text, '"', start + 1);
  while (text[end] === '"') end = after(text, '"', end + 1);
  return end;
}

function escapedEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== "'") at += text[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}

function blockCommentEnd(text: string, start: number): number {
  commentMark.lastIndex = start;
  for (let depth = 0; ;) {
    const mark = commentMark.exec(text);
    if (mark === null) return text.length;
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return commentMark.lastIndex;
  }
}
