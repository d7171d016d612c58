import { NotSql, rawStatements } from '../statement.ts';
import { blank } from './runner.ts';

/** The SQL that a script passes to a call as a literal when it migrates up, where it stands; everything else is blanked. */
export function literalSql(script: string, call: RegExp): string {
  const { start, end } = upward(script);
  let [result, at] = ['', 0];
  for (const match of script.matchAll(call)) {
    const open = match.index + match[0].length;
    if (open < start || open >= end || open < at) continue;
    const literal = literalAt(script, open);
    if (literal === null || !isReadable(literal.text)) continue;
    result += `${blank(script.slice(at, open + 1))}${literal.text};`;
    at = literal.end;
  }
  return result + blank(script.slice(at));
}

/** From the function `up` to the function `down`, whichever comes first. */
function upward(script: string): { start: number; end: number } {
  const find = (name: string) =>
    new RegExp(`\\b(?:exports\\.|function\\s+|const\\s+|async\\s+)?${name}\\b\\s*[(=:]`, 'u').exec(script)?.index;
  const [up, down] = [find('up') ?? 0, find('down')];
  return { start: up, end: down !== undefined && down > up ? down : script.length };
}

/** A string or template without escapes and without parts that are computed. */
function literalAt(script: string, open: number): { text: string; end: number } | null {
  const quote = script[open];
  if (quote !== "'" && quote !== '"' && quote !== '`') return null;
  const close = script.indexOf(quote, open + 1);
  if (close === -1) return null;
  const text = script.slice(open + 1, close);
  return /\\|\$\{/u.test(text) ? null : { text, end: close + 1 };
}

/** With bindings it is SQL only when it runs. */
function isReadable(sql: string): boolean {
  try {
    rawStatements(sql);
    return true;
  } catch (error) {
    if (error instanceof NotSql) return false;
    throw error;
  }
}
