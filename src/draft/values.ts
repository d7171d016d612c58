import { child, text, type Tree } from '../catalog/syntax-tree.ts';
import { parsedExpression } from './parse.ts';

export type Default = string | number | boolean | { readonly sql: string };

/** A default as SQL writes it, as a migration does: a literal, or an expression. null when it is neither, or NULL. */
export function defaultOf(written: string): Default | null {
  const value = constantOf(written);
  if (value === undefined) return null;
  return value === expression ? { sql: written } : value;
}

/** The constant that an expression is; null for NULL and for what is none. */
export function literalOf(written: string): string | number | boolean | null {
  const value = constantOf(written);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

const expression = Symbol('an expression');

/** undefined: not one expression. */
function constantOf(written: string): string | number | boolean | null | typeof expression | undefined {
  const node = parsedExpression(written);
  if (!node) return undefined;
  const constant = child(uncast(node), 'A_Const');
  if (constant['isnull'] === true) return null;
  if ('boolval' in constant) return child(constant, 'boolval')['boolval'] === true;
  if ('ival' in constant) return Number(child(constant, 'ival')['ival'] ?? 0);
  if ('fval' in constant) return Number(text(child(constant, 'fval'), 'fval'));
  if ('sval' in constant) return text(child(constant, 'sval'), 'sval') ?? '';
  return expression;
}

/** `'x'::text` is as good as `'x'`. */
const uncast = (node: Tree): Tree => ('TypeCast' in node ? uncast(child(child(node, 'TypeCast'), 'arg')) : node);
