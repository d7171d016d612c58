import { walk } from '../sql/expressions.ts';
import { coerced, type Known, knownValue } from './dynamic-sql.ts';

interface Written {
  readonly PLpgSQL_expr?: { readonly query?: string };
}

interface Variable {
  readonly refname?: string;
  readonly datatype?: { readonly PLpgSQL_type?: { readonly typname?: string } };
  readonly isconst?: boolean;
  readonly default_val?: Written;
}

interface Assignment {
  readonly varno?: number;
  readonly expr?: Written;
}

interface Block {
  readonly body?: readonly Readonly<Record<string, unknown>>[];
  readonly exceptions?: unknown;
}

interface Body {
  readonly datums?: readonly { readonly PLpgSQL_var?: Variable }[];
  readonly action?: { readonly PLpgSQL_stmt_block?: Block };
}

/**
 * The variables of a DO block whose value is known: constants, and those that get their only value in the declaration
 * or in a statement of the outermost block, from where on it is known.
 */
export class BlockVariables {
  readonly known = new Map<string, Known>();
  readonly #later = new Map<unknown, () => void>();

  constructor(tree: unknown) {
    const [body] = functionsIn(tree);
    const { writes, calls } = writesIn(body);
    const assigned = assignmentsIn(body);
    for (const { varno, name, variable } of namedOnce(body)) {
      if (calls.some((call) => call.includes(name))) continue;
      const count = writes.filter((written) => written === varno).length;
      const first = variable.default_val?.PLpgSQL_expr?.query;
      const only = assigned.find((one) => one.varno === varno && isOf(one.expr, name));
      if (first !== undefined && count === 0) this.#set(name, variable, first);
      if (first === undefined && count === 1 && only)
        this.#later.set(only, () => this.#set(name, variable, valueIn(only.expr)));
    }
  }

  /** Goes past a statement: an assignment gives its variable a value. */
  pass(statement: unknown): void {
    this.#later.get(statement)?.();
  }

  #set(name: string, { datatype }: Variable, expression: string): void {
    const [, type = '', length] =
      /^(?:pg_catalog\.)?"?([a-z][a-z\d ]*?)"?\s*(?:\((\d+)\))?$/iu.exec(datatype?.PLpgSQL_type?.typname ?? '') ?? [];
    const lower = type.toLowerCase();
    const value = knownValue(expression, this.known);
    this.known.set(name, coerced(value, synonyms[lower] ?? lower, length === undefined ? undefined : Number(length)));
  }
}

const synonyms: Readonly<Record<string, string>> = {
  ...{ 'character varying': 'varchar', int: 'int4', integer: 'int4', bigint: 'int8', smallint: 'int2' },
};

const functionsIn = (tree: unknown): readonly Body[] => {
  const { plpgsql_funcs: functions = [] } = (tree ?? {}) as {
    plpgsql_funcs?: readonly { readonly PLpgSQL_function?: Body }[];
  };
  return functions.flatMap(({ PLpgSQL_function: body }) => body ?? []);
};

/** The variables that no other of the same name hides. */
function namedOnce(body: Body | undefined) {
  const datums = body?.datums ?? [];
  const names = datums.map((datum) => datum.PLpgSQL_var?.refname);
  return datums.flatMap(({ PLpgSQL_var: variable }, varno) => {
    const name = variable?.refname;
    if (variable === undefined || name === undefined || names.indexOf(name) !== names.lastIndexOf(name)) return [];
    return [{ varno, name, variable }];
  });
}

/** Those that are made whatever happens: not on a condition, and not where an error leads elsewhere. */
function assignmentsIn(body: Body | undefined): readonly Assignment[] {
  const { body: statements = [], exceptions } = body?.action?.PLpgSQL_stmt_block ?? {};
  if (exceptions !== undefined) return [];
  return statements.flatMap((statement) => (statement['PLpgSQL_stmt_assign'] as Assignment | undefined) ?? []);
}

const assignment = /^\s*("?[\w$]+"?)\s*:?=(?!=)/u;

/** `name := …`, not a part of the variable. */
const isOf = (expr: Written | undefined, name: string): boolean =>
  assignment
    .exec(expr?.PLpgSQL_expr?.query ?? '')?.[1]
    ?.replaceAll('"', '')
    .toLowerCase() === name;

const valueIn = (expr: Written | undefined): string => (expr?.PLpgSQL_expr?.query ?? '').replace(assignment, '');

/** The variables that statements write, by their numbers, and what is called: a procedure may write what it is given. */
function writesIn(body: Body | undefined): { readonly writes: readonly number[]; readonly calls: readonly string[] } {
  const writes: number[] = [];
  const calls: string[] = [];
  const note = (written: unknown) => {
    if (typeof written === 'number') writes.push(written);
  };
  walk(body, (kind, node) => {
    const { varno, target, fields, expr } = node as Record<string, unknown>;
    note(varno);
    note(target);
    if (kind === 'PLpgSQL_row' && Array.isArray(fields)) for (const field of fields) note((field as Assignment).varno);
    if (kind === 'PLpgSQL_stmt_call') calls.push(((expr as Written).PLpgSQL_expr?.query ?? '').toLowerCase());
  });
  return { writes, calls };
}
