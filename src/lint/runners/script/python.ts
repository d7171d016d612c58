import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import { brokenAt, childrenOf, commentsOf, isKept, last, Reader, type ReadValue } from './lezer.ts';
import { type Call, joined, type Routine, type Script, type Value } from './value.ts';

/** What a file of Python says. */
export function readPython(source: string): Script {
  const { topNode: top } = parser.parse(source);
  const reader = new PythonReader(source);
  reader.statements(top);
  const { functions, assigned, calls } = reader;
  return { functions, assigned, calls, comments: commentsOf(top), brokenAt: brokenAt(top) };
}

class PythonReader extends Reader {
  private readonly list: ReadValue = (node, span) => ({
    kind: 'list',
    items: childrenOf(node)
      .filter(isItem)
      .map((item) => this.value(item)),
    span,
  });

  /** Of the file, and of classes in it. */
  statements(block: SyntaxNode): void {
    for (const node of childrenOf(block)) {
      const inner = node.name === 'DecoratedStatement' ? last(node) : node;
      if (inner?.name === 'FunctionDefinition') this.define(inner);
      else if (inner?.name === 'ClassDefinition') this.statements(inner.getChild('Body') ?? inner);
      else if (inner?.name === 'AssignStatement') this.assign(inner);
      else if (inner?.name === 'ExpressionStatement') this.calls.push(...this.callsBelow(inner));
    }
  }

  define(node: SyntaxNode): void {
    const name = node.getChild('VariableName');
    const body = node.getChild('Body');
    const parameters = node.getChild('ParamList')?.getChildren('VariableName') ?? [];
    if (name && body) this.functions.set(this.text(name), this.routine(parameters, body));
  }

  assign(node: SyntaxNode): void {
    const [name, value] = [node.firstChild, last(node)];
    if (name?.name === 'VariableName' && value) this.assigned.set(this.text(name), this.value(value));
  }

  /** `with … as name:` holds calls as a block does. */
  override callsBelow(node: SyntaxNode): readonly Call[] {
    if (node.name === 'FunctionDefinition' || node.name === 'LambdaExpression') return [];
    const body = node.name === 'WithStatement' ? node.getChild('Body') : null;
    const call = body && node.getChild('CallExpression');
    if (!call) return super.callsBelow(node);
    const parameter = node.getChild('VariableName');
    return [{ ...this.call(call), body: this.callsBelow(body), parameter: parameter && this.text(parameter) }];
  }

  protected override readonly readers: Readonly<Record<string, ReadValue>> = {
    ...this.shared,
    String: (node) => this.string(node),
    FormatString: (node) => (/\{\{|\}\}/u.test(this.text(node)) ? null : this.string(node)),
    ContinuedString: (node, span) => {
      const parts = childrenOf(node).map((part) => this.value(part));
      return parts.every((part) => part.kind === 'text') ? joined(parts, span) : null;
    },
    ...{ ArrayExpression: this.list, TupleExpression: this.list, SetExpression: this.list },
    DictionaryExpression: (node, span) => ({ kind: 'map', entries: this.entries(childrenOf(node), ':').named, span }),
    Boolean: (node, span) => ({ kind: 'plain', value: this.text(node) === 'True', span }),
    None: (_, span) => ({ kind: 'plain', value: null, span }),
  };

  string(node: SyntaxNode): Value | null {
    const [open = '', prefix = '', quote = ''] = /^([A-Za-z]*)("""|'''|"|')/u.exec(this.text(node)) ?? [];
    const inside = { start: node.from + open.length, end: node.to - quote.length };
    return this.filled(node, 'FormatReplacement', inside, /r/iu.test(prefix));
  }

  override arguments(list: SyntaxNode): Pick<Call, 'args' | 'options'> {
    const { positional, named } = this.entries(childrenOf(list), '=');
    return { args: positional, options: named };
  }

  /** `a, name=b` and `key: value`, with what stands between a name and its value. */
  entries(
    nodes: readonly SyntaxNode[],
    sign: string,
  ): { positional: readonly Value[]; named: ReadonlyMap<string, Value> } {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    for (let i = 0; i < nodes.length; i++) {
      const [node, between, value] = [nodes[i], nodes[i + 1], nodes[i + 2]];
      if (!node || !isItem(node)) continue;
      if (between && value && this.text(between) === sign) {
        const key = this.value(node);
        named.set(key.kind === 'text' ? key.text : this.text(node), this.value(value));
        i += 2;
      } else positional.push(this.value(node));
    }
    return { positional, named };
  }

  private routine(parameters: readonly SyntaxNode[], body: SyntaxNode): Routine {
    return this.within(() => {
      this.assignIn(body);
      return { parameters: parameters.map((name) => this.text(name)), calls: this.callsBelow(body) };
    });
  }

  /** What a function calls something, unless that changes in it. */
  private assignIn(body: SyntaxNode): void {
    const seen = new Set<string>();
    for (const node of assignmentsBelow(body)) {
      const again = node.getChildren('VariableName').map((name) => this.text(name));
      if (node.name === 'AssignStatement' && !again.some((name) => seen.has(name))) this.assign(node);
      for (const name of again) {
        const value = this.assigned.get(name);
        if (seen.has(name) || node.name !== 'AssignStatement' || (value && !isKept(value))) this.assigned.delete(name);
        seen.add(name);
      }
    }
  }
}

/** Where names change their meaning, in a function but not in those in it. */
const assignmentsBelow = (node: SyntaxNode): readonly SyntaxNode[] =>
  childrenOf(node).flatMap((child) => {
    if (child.name === 'FunctionDefinition' || child.name === 'ClassDefinition') return [];
    const assigns = ['AssignStatement', 'UpdateStatement', 'ForStatement'].includes(child.name);
    return [...(assigns ? [child] : []), ...assignmentsBelow(child)];
  });

const isItem = ({ name }: SyntaxNode): boolean => !/^[[\](){},:]$|^\*+$|^Comment$/u.test(name);
