import type { Span } from '../../tokens.ts';
import type { Text } from './value.ts';

const named: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
  '\n': '',
};

const escape = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|u\{([\da-fA-F]+)\}|U([\da-fA-F]{8})|(\r\n|[^]))/uy;

/** What a literal says between its quotes, with the place of each unit. Python, Ruby and JavaScript share their common escapes. */
export function literal(source: string, inside: Span, span: Span, raw = false): Text {
  let text = '';
  const at: number[] = [];
  const add = (piece: string, from: number) => {
    text += piece;
    for (let i = 0; i < piece.length; i++) at.push(from);
  };
  for (let from = inside.start; from < inside.end;) {
    escape.lastIndex = from;
    const found = raw || source[from] !== '\\' ? null : escape.exec(source);
    if (found) add(meaning(found), from);
    else add(source[from] ?? '', from);
    from += found?.[0].length ?? 1;
  }
  return { kind: 'text', text, at, span };
}

function meaning([, byte, unit, point, wide, other = '']: RegExpExecArray): string {
  const code = byte ?? unit ?? point ?? wide;
  if (code !== undefined)
    return Number.parseInt(code, 16) > 0x10ffff ? '' : String.fromCodePoint(Number.parseInt(code, 16));
  return other === '\r\n' ? '' : (named[other] ?? other);
}
