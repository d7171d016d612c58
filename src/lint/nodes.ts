import type { DefElem, Node, RangeVar, TypeName } from '@pgsql/types';
import { walk } from '../sql/expressions.ts';

/** What a syntax tree's node can be: the one key that it has. */
export type NodeKind = Node extends infer N ? (N extends unknown ? keyof N : never) : never;
export type NodeOf<K extends NodeKind> = Extract<Node, Readonly<Record<K, unknown>>>[K];

/** The node as the kind it is expected to be; undefined when it is another. */
export const as = <K extends NodeKind>(node: Node | undefined, kind: K): NodeOf<K> | undefined =>
  node === undefined ? undefined : ((node as Partial<Record<NodeKind, unknown>>)[kind] as NodeOf<K> | undefined);

export const kindOf = (node: Node): NodeKind => Object.keys(node)[0] as NodeKind;

/** The kinds that a table by kind has. */
export const kindsOf = (table: Partial<Record<NodeKind, unknown>>): readonly NodeKind[] =>
  Object.keys(table) as NodeKind[];

/** Those nodes of a list that are of a kind. */
export const all = <K extends NodeKind>(list: readonly Node[] | undefined, kind: K): readonly NodeOf<K>[] =>
  list?.flatMap((node) => as(node, kind) ?? []) ?? [];

/** The strings of a list, such as the parts of a qualified name. */
export const strings = (list: readonly Node[] | undefined): readonly string[] =>
  all(list, 'String').map(({ sval }) => sval ?? '');

export interface Name {
  /** Null when it is not qualified. */
  readonly schema: string | null;
  readonly name: string;
}

export const nameIn = (list: readonly Node[] | undefined): Name => {
  const parts = strings(list);
  return { schema: parts.at(-2) ?? null, name: parts.at(-1) ?? '' };
};

export const nameOf = ({ schemaname, relname = '' }: RangeVar): Name => ({ schema: schemaname ?? null, name: relname });

export const nameOfType = (type: TypeName | undefined): Name => nameIn(type?.names);

/** An option of a statement that takes `(name value, …)`; the last one counts. */
export const optionOf = (options: readonly Node[] | undefined, name: string): DefElem | undefined =>
  all(options, 'DefElem').findLast((option) => option.defname === name);

/** The text of an option's value, or null when it has none. */
export function valueOf(option: DefElem | undefined): string | null {
  const node = option?.arg;
  const text = as(node, 'String')?.sval ?? as(node, 'Float')?.fval ?? strings(as(node, 'TypeName')?.names).at(-1);
  if (text !== undefined) return text;
  const flag = as(node, 'Boolean');
  if (flag) return String(flag.boolval ?? false);
  const whole = as(node, 'Integer');
  return whole ? String(whole.ival ?? 0) : null;
}

/** Whether an option that may be left without a value is on. */
export const isOn = (option: DefElem | undefined): boolean => option !== undefined && !isOff(valueOf(option));

const isOff = (value: string | null): boolean =>
  value !== null && ['false', 'off', 'no', '0', 'f', 'n'].includes(value.toLowerCase());

/** A constant's text; undefined when the node is none. A cast of a constant counts. */
export function constantOf(node: Node | undefined): string | number | boolean | null | undefined {
  const cast = as(node, 'TypeCast');
  if (cast) return constantOf(cast.arg);
  const constant = as(node, 'A_Const');
  if (!constant) return undefined;
  if (constant.isnull) return null;
  if (constant.sval) return constant.sval.sval ?? '';
  if (constant.ival) return constant.ival.ival ?? 0;
  if (constant.fval) return Number(constant.fval.fval);
  return constant.boolval ? (constant.boolval.boolval ?? false) : undefined;
}

/** The conditions that all have to hold. */
export function conjuncts(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  const both = as(node, 'BoolExpr');
  return both?.boolop === 'AND_EXPR' ? (both.args ?? []).flatMap(conjuncts) : [node];
}

/** The column a reference names, whatever it is qualified with; null for a star and for other nodes. */
export const columnOf = (node: Node | undefined): string | null => {
  const last = as(node, 'ColumnRef')?.fields?.at(-1);
  return as(last, 'String')?.sval ?? null;
};

/** Every column that an expression names, each once. */
export function columnsIn(tree: unknown): readonly string[] {
  const found = new Set<string>();
  walk(tree, (kind, node) => {
    const column = kind === 'ColumnRef' ? columnOf({ ColumnRef: node as object }) : null;
    if (column !== null) found.add(column);
  });
  return [...found];
}

/** Whether a node of the kind is in the tree, and is what is looked for. */
export function contains<K extends NodeKind>(
  tree: unknown,
  kind: K,
  matches: (node: NodeOf<K>) => boolean = () => true,
): boolean {
  let found = false;
  walk(tree, (k, node) => {
    if (k === kind && matches(node as NodeOf<K>)) found = true;
  });
  return found;
}

/** The same tree, wherever in the text it stands. */
export const sameTree = (a: unknown, b: unknown): boolean => shapeOf(a) === shapeOf(b);

const shapeOf = (tree: unknown): string =>
  JSON.stringify([tree], (key, value: unknown) => (key === 'location' ? undefined : value));
