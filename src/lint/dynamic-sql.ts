import type { A_Const, FuncCall, Node } from '@pgsql/types';
import { quoted } from './names.ts';
import { all, as, nameIn, strings } from './nodes.ts';
import { rawStatements } from './statement.ts';
import { typeOf } from './world/column-type.ts';

/** What an expression is before anything runs: its text, NULL, or (undefined) not known. */
export type Known = { readonly text: string; readonly kind: 'text' | 'number' | 'boolean' } | null | undefined;

export type Variables = ReadonlyMap<string, Known>;

const textual = (text: string): Known => ({ text, kind: 'text' });

/** What an expression of PL/pgSQL is, when it is made of constants alone. */
export function knownValue(expression: string, variables: Variables): Known {
  try {
    const statements = rawStatements(`SELECT ${expression}`);
    const select = statements.length === 1 ? as(statements[0]?.stmt, 'SelectStmt') : undefined;
    const clauses = Object.keys(select ?? {}).filter((clause) => !['targetList', 'limitOption', 'op'].includes(clause));
    const targets = all(select?.targetList, 'ResTarget');
    return clauses.length === 0 && targets.length === 1 ? valueOf(targets[0]?.val, variables) : undefined;
  } catch {
    return undefined;
  }
}

function valueOf(node: Node | undefined, variables: Variables): Known {
  const constant = as(node, 'A_Const');
  if (constant) return constantValue(constant);
  const names = strings(as(node, 'ColumnRef')?.fields);
  if (names.length === 1) return variables.get(names[0] ?? '');
  const cast = as(node, 'TypeCast');
  if (cast) {
    const type = typeOf(cast.typeName);
    const value = valueOf(cast.arg, variables);
    return type === null || type.schema !== null || type.array || type.modifiers.length > 1
      ? undefined
      : coerced(value, type.name, type.modifiers[0]);
  }
  const call = as(node, 'FuncCall');
  if (call) return called(call, variables);
  const { kind, name, lexpr, rexpr } = as(node, 'A_Expr') ?? {};
  if (kind !== 'AEXPR_OP' || strings(name).join('.') !== '||') return undefined;
  return joined(valueOf(lexpr, variables), valueOf(rexpr, variables));
}

function constantValue({ isnull, sval, ival, fval, boolval }: A_Const): Known {
  if (isnull) return null;
  if (sval) return textual(sval.sval ?? '');
  if (ival) return { text: String(ival.ival ?? 0), kind: 'number' };
  if (fval) return /^-?\d+(\.\d+)?$/u.test(fval.fval ?? '') ? { text: fval.fval ?? '', kind: 'number' } : undefined;
  return boolval ? { text: boolval.boolval ? 't' : 'f', kind: 'boolean' } : undefined;
}

function joined(left: Known, right: Known): Known {
  if (!left || !right || left.kind === 'boolean' || right.kind === 'boolean') return undefined;
  return left.kind === 'text' || right.kind === 'text' ? textual(left.text + right.text) : undefined;
}

const whole = new Set(['int2', 'int4', 'int8']);

/** A value of a type, as far as that changes nothing of how it is written. */
export function coerced(value: Known, type: string, length?: number): Known {
  if (!value || value.kind === 'boolean') return value === null ? null : undefined;
  if (whole.has(type))
    return /^-?(0|[1-9]\d{0,3})$/u.test(value.text) ? { text: value.text, kind: 'number' } : undefined;
  if (type === 'name') return Buffer.byteLength(value.text) < 64 ? textual(value.text) : undefined;
  if (type !== 'text' && type !== 'varchar') return undefined;
  return length === undefined || characters(value.text) <= length ? textual(value.text) : undefined;
}

function called(call: FuncCall, variables: Variables): Known {
  const { schema, name } = nameIn(call.funcname);
  const args = call.args ?? [];
  if (
    !(schema === null || schema === 'pg_catalog') ||
    call.func_variadic ||
    args.some((arg) => as(arg, 'NamedArgExpr'))
  )
    return undefined;
  const [first, ...more] = args.map((arg) => valueOf(arg, variables));
  if (!first || first.kind === 'boolean') return undefined;
  if (name === 'format' && first.kind === 'text') return formatted(first.text, more);
  if (more.length > 0) return undefined;
  if (name === 'quote_ident' && first.kind === 'text') return textual(quoted(first.text));
  return name === 'quote_literal' ? textual(quotedLiteral(first.text)) : undefined;
}

/** Without a type it is one that fails. */
const specifier = /%(?:%|(?:(\d+)\$)?(-*)(\d*)([sIL])|)/gu;

/** What PostgreSQL's format() gives; not known where it fails. */
function formatted(pattern: string, values: readonly Known[]): Known {
  let next = 0;
  const wrong: string[] = [];
  const text = pattern.replaceAll(
    specifier,
    (found, position?: string, left?: string, width?: string, how?: string) => {
      if (found === '%%') return '%';
      // one that has its own number moves those without: they go on behind it
      const at = position === undefined ? next : Number(position) - 1;
      next = at + 1;
      const value = values[at];
      const isWrong = how === undefined || value === undefined || (value === null && how === 'I');
      if (isWrong || Number(width) > MAX_WIDTH) {
        wrong.push(found);
        return '';
      }
      return padded(written(value?.text ?? null, how), Number(width ?? ''), left !== '');
    },
  );
  return wrong.length === 0 ? textual(text) : undefined;
}

function written(text: string | null, how: string): string {
  if (how === 's') return text ?? '';
  if (text === null) return 'NULL';
  return how === 'I' ? quoted(text) : quotedLiteral(text);
}

function padded(text: string, width: number, isLeft: boolean): string {
  const space = ' '.repeat(Math.max(0, width - characters(text)));
  return isLeft ? text + space : space + text;
}

const MAX_WIDTH = 10_000;

/** As PostgreSQL counts them: code points. */
const characters = (text: string): number => Array.from(text).length;

const quotedLiteral = (text: string): string =>
  `${text.includes('\\') ? 'E' : ''}'${text.replaceAll(/['\\]/gu, '$&$&')}'`;
