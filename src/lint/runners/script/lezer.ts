import type { SyntaxNode } from '@lezer/common';
import type { Span } from '../../tokens.ts';
import { type Call, joined, type Routine, type Value } from './value.ts';

export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

/** What a node ends with, without the semicolon. */
export const last = ({ lastChild: end }: SyntaxNode): SyntaxNode | null => (end?.name === ';' ? end.prevSibling : end);

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

/** What the trees of Python and JavaScript have in common. */
export abstract class Reader {
  readonly source: string;
  readonly functions = new Map<string, Routine>();
  readonly assigned = new Map<string, Value>();
  readonly calls: Call[] = [];

  constructor(source: string) {
    this.source = source;
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

  /** What an expression says in both languages. */
  value(node: SyntaxNode): Value {
    const span = { start: node.from, end: node.to };
    const computed: Value = { kind: 'computed', span };
    switch (node.name) {
      case 'CallExpression':
        return this.call(node);
      case 'VariableName':
        return this.assigned.get(this.text(node)) ?? { kind: 'name', name: this.text(node), span };
      case 'MemberExpression':
        return node.getChild('PropertyName')
          ? { kind: 'name', name: this.text(node).replaceAll(/\s/gu, ''), span }
          : computed;
      case 'Number':
        return { kind: 'plain', value: Number(this.text(node).replaceAll('_', '')), span };
      case 'Boolean':
      case 'BooleanLiteral':
        return { kind: 'plain', value: /^true$/iu.test(this.text(node)), span };
      case 'UnaryExpression': {
        const value = last(node);
        const inner = value && this.value(value);
        const isMinus = this.text(node).startsWith('-');
        return isMinus && inner?.kind === 'plain' && typeof inner.value === 'number'
          ? { ...inner, value: -inner.value, span }
          : computed;
      }
      case 'ParenthesizedExpression':
      case 'AwaitExpression': {
        const inner = childrenOf(node).find(({ name }) => !['(', ')', 'await'].includes(name));
        return inner ? this.value(inner) : computed;
      }
      case 'BinaryExpression': {
        const [left, sign, right] = childrenOf(node);
        const sides = left && right && sign && this.text(sign) === '+' ? [this.value(left), this.value(right)] : [];
        return sides.length > 0 && sides.every((side) => side.kind === 'text') ? joined(sides, span) : computed;
      }
      default:
        return computed;
    }
  }
}
