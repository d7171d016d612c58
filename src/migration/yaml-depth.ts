import { Parser, type CST } from 'yaml';
import { maxDepth } from './source.ts';

/**
 * Where a YAML text is nested too deeply, or null. To be asked before the text is parsed: the parser recurses, and V8
 * ends the process when it compiles a regular expression near the end of the stack.
 */
export function firstTooDeep(text: string): number | null {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [];
  for (const token of new Parser().parse(text)) {
    open.push({ token, depth: 0 });
    for (let next = open.pop(); next; next = open.pop()) {
      const { token, depth } = next;
      if (depth > maxDepth) return token.offset;
      for (const part of inside(token)) open.push({ token: part, depth: depth + 1 });
    }
  }
  return null;
}

function inside(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((t) => t !== null && t !== undefined));
}
