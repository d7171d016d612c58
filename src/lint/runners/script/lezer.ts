import type { SyntaxNode } from '@lezer/common';
import type { Span } from '../../tokens.ts';
import { literal } from './literals.ts';
import { type Call, joined, type Routine, type Text, type Value } from './value.ts';

export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

/** What a node ends with, without the semicolon. */
export const last = ({ lastChild: end }: SyntaxNode): SyntaxNode | null => (end?.name === ';' ? end.prevSibling : end);

/** It can be said again where its name stands: a call that does something can not. */
export const isKept = (value: Value | null): boolean =>
  value?.kind !== 'call' ||
  value.name === 'text' ||
  (value.args.length === 0 && value.options.size === 0 && isKept(value.receiver));

export const commentsOf = (top: SyntaxNode): readonly Span[] => found(top, ({ name }) => /Comment$/u.test(name));

/** Where the parser first gave up; it goes on behind that. */
export const brokenAt = (top: SyntaxNode): number | null => found(top, ({ type }) => type.isError)[0]?.start ?? null;

function found(top: SyntaxNode, matches: (node: SyntaxNode) => boolean): readonly Span[] {
  const spans: Span[] = [];
  const cursor = top.cursor();
  do if (matches(cursor.node)) spans.push({ start: cursor.from, end: cursor.to });
  while (cursor.next());
  return spans;
}

export type ReadValue = (node: SyntaxNode, span: Span) => Value | null;

/** What the trees of Python and JavaScript have in common. */
export abstract class Reader {
  readonly source: string;
  readonly functions = new Map<string, Routine>();
  readonly assigned = new Map<string, Value>();
  readonly calls: Call[] = [];

  constructor(source: string) {
    this.source = source;
  }

  /** What is said inside a part has no meaning behind it. */
  protected within<T>(read: () => T): T {
    const outside = [...this.assigned];
    const result = read();
    this.assigned.clear();
    for (const [name, value] of outside) this.assigned.set(name, value);
    return result;
  }

  abstract arguments(list: SyntaxNode): Pick<Call, 'args' | 'options'> & Partial<Call>;

  text(node: SyntaxNode): string {
    return this.source.slice(node.from, node.to);
  }

  /** The outermost calls in a part of the script, in their order. */
  callsBelow(node: SyntaxNode): readonly Call[] {
    if (node.name === 'CallExpression') return [this.call(node)];
    return childrenOf(node).flatMap((child) => this.callsBelow(child));
  }

  call(node: SyntaxNode): Call {
    const [called, list] = [node.firstChild, node.getChild('ArgList')];
    const { name, receiver } = this.called(called);
    const nameAt = called?.getChild('PropertyName')?.from ?? node.from;
    const span = { start: node.from, end: node.to };
    const { args, options, ...rest } = list ? this.arguments(list) : { args: [], options: new Map<string, Value>() };
    return { ...{ kind: 'call', name, nameAt, receiver, args, options, body: [], parameter: null, span }, ...rest };
  }

  private called(node: SyntaxNode | null): Pick<Call, 'name' | 'receiver'> {
    if (node?.name === 'VariableName') return { name: this.text(node), receiver: null };
    const [object, property] = [node?.firstChild, node?.getChild('PropertyName')];
    return { name: property ? this.text(property) : '', receiver: object ? this.value(object) : null };
  }

  /** What an expression says; what no reader knows is computed. */
  value(node: SyntaxNode): Value {
    const span = { start: node.from, end: node.to };
    return this.readers[node.name]?.(node, span) ?? { kind: 'computed', span };
  }

  /** How a node of each kind is read; null when it is known only when it runs. */
  protected abstract readonly readers: Readonly<Record<string, ReadValue>>;

  /** Those that both languages have. */
  protected readonly shared: Readonly<Record<string, ReadValue>> = {
    CallExpression: (node) => this.call(node),
    VariableName: (node, span) => this.assigned.get(this.text(node)) ?? { kind: 'name', name: this.text(node), span },
    MemberExpression: (node, span) =>
      node.getChild('PropertyName') ? { kind: 'name', name: this.text(node).replaceAll(/\s/gu, ''), span } : null,
    Number: (node, span) => ({ kind: 'plain', value: Number(this.text(node).replaceAll('_', '')), span }),
    UnaryExpression: (node, span) => this.negative(node, span),
    ParenthesizedExpression: (node) => this.inside(node),
    AwaitExpression: (node) => this.inside(node),
    BinaryExpression: (node, span) => this.sum(node, span),
  };

  /** A text with holes, when what stands in them is known. */
  protected filled(node: SyntaxNode, hole: string, inside: Span, raw = false): Value | null {
    const span = { start: node.from, end: node.to };
    const parts: Text[] = [];
    let from = inside.start;
    for (const child of node.getChildren(hole)) {
      const [, expression, end, more] = childrenOf(child);
      const value = expression && end && !more ? this.value(expression) : null;
      if (value?.kind !== 'text') return null;
      parts.push(literal(this.source, { start: from, end: child.from }, span, raw));
      parts.push({ ...value, at: value.at.map(() => child.from) });
      from = child.to;
    }
    return joined([...parts, literal(this.source, { start: from, end: inside.end }, span, raw)], span);
  }

  private negative(node: SyntaxNode, span: Span): Value | null {
    const value = last(node);
    const inner = value && this.value(value);
    if (inner?.kind !== 'plain' || typeof inner.value !== 'number' || !this.text(node).startsWith('-')) return null;
    return { kind: 'plain', value: -inner.value, span };
  }

  private inside(node: SyntaxNode): Value | null {
    const inner = childrenOf(node).find(({ name }) => !['(', ')', 'await'].includes(name));
    return inner ? this.value(inner) : null;
  }

  /** Texts with a plus between them. */
  private sum(node: SyntaxNode, span: Span): Value | null {
    const [left, sign, right] = childrenOf(node);
    if (!left || !right || !sign || this.text(sign) !== '+') return null;
    const sides = [this.value(left), this.value(right)];
    return sides.every((side) => side.kind === 'text') ? joined(sides, span) : null;
  }
}
