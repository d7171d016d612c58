import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/javascript';
import { brokenAt, childrenOf, commentsOf, isKept, last, Reader, type ReadValue } from './lezer.ts';
import type { Span } from '../../tokens.ts';
import { literal } from './literals.ts';
import type { Call, Script, Value } from './value.ts';

const typescript = parser.configure({ dialect: 'ts' });

/** What a file of JavaScript or TypeScript says. */
export function readJavaScript(source: string): Script {
  const { topNode: top } = typescript.parse(source);
  const reader = new JavaScriptReader(source);
  for (const node of childrenOf(top)) reader.statement(node);
  const { functions, assigned, calls } = reader;
  return { functions, assigned, calls, comments: commentsOf(top), brokenAt: brokenAt(top) };
}

const isFunction = (node: SyntaxNode | null | undefined): node is SyntaxNode =>
  /^(ArrowFunction|FunctionExpression|FunctionDeclaration|MethodDeclaration)$/u.test(node?.name ?? '');

class JavaScriptReader extends Reader {
  statement(node: SyntaxNode): void {
    if (node.name === 'ExportDeclaration') {
      const rest = childrenOf(node).find(({ name }) => /Declaration$|Expression$/u.test(name));
      if (rest) this.statement(rest);
    } else if (node.name === 'FunctionDeclaration') this.define(node.getChild('VariableDefinition'), node);
    else if (node.name === 'VariableDeclaration') this.define(node.getChild('VariableDefinition'), last(node));
    else if (node.name === 'ExpressionStatement') this.expression(node.firstChild);
    else if (node.name === 'ObjectExpression') this.members(node);
  }

  /** `exports.up = …` and `module.exports = { up }`. */
  private expression(node: SyntaxNode | null): void {
    const [target, value] = [node?.firstChild, node?.lastChild];
    if (node?.name !== 'AssignmentExpression' || !target || !value) return;
    if (value.name === 'ObjectExpression') this.members(value);
    this.define(target.getChild('PropertyName') ?? target, value);
  }

  private members(object: SyntaxNode): void {
    for (const property of object.getChildren('Property'))
      this.define(property.getChild('PropertyDefinition'), isMethod(property) ? property : last(property));
  }

  private define(name: SyntaxNode | null, value: SyntaxNode | null): void {
    if (!name || !value) return;
    if (isFunction(value) || isMethod(value))
      this.functions.set(
        this.text(name),
        this.within(() => {
          this.constantsIn(bodyOf(value));
          return { parameters: this.parameters(value), calls: this.callsBelow(bodyOf(value)) };
        }),
      );
    else this.assigned.set(this.text(name), this.value(value));
  }

  /** What a function calls something for good, unless it does so twice. */
  private constantsIn(body: SyntaxNode): void {
    const seen = new Set<string>();
    for (const node of constantsBelow(body)) {
      const [name, other] = node.getChildren('VariableDefinition');
      const value = last(node);
      if (!name || other || !value || isFunction(value)) continue;
      const read = this.value(value);
      if (isKept(read) && !seen.has(this.text(name))) this.assigned.set(this.text(name), read);
      else this.assigned.delete(this.text(name));
      seen.add(this.text(name));
    }
  }

  private parameters(routine: SyntaxNode): readonly string[] {
    const list = routine.getChild('ParamList');
    return (list ? list.getChildren('VariableDefinition') : routine.getChildren('VariableDefinition')).map((name) =>
      this.text(name),
    );
  }

  override arguments(list: SyntaxNode): Pick<Call, 'args' | 'options'> & Partial<Call> {
    const given = childrenOf(list).filter(isItem);
    const block = given.find(isFunction);
    return {
      args: given.filter((node) => node !== block).map((node) => this.value(node)),
      options: new Map(),
      ...(block && { body: this.callsBelow(bodyOf(block)), parameter: this.parameters(block)[0] ?? null }),
    };
  }

  protected override readonly readers: Readonly<Record<string, ReadValue>> = {
    ...this.shared,
    String: (node, span) => literal(this.source, inside(node), span),
    TemplateString: (node) => this.filled(node, 'Interpolation', inside(node)),
    ArrayExpression: (node, span) => ({
      kind: 'list',
      items: childrenOf(node)
        .filter(isItem)
        .map((item) => this.value(item)),
      span,
    }),
    ObjectExpression: (node, span) => ({
      kind: 'map',
      entries: new Map(node.getChildren('Property').flatMap((property) => this.entry(property))),
      span,
    }),
    MemberExpression: (node, span) => this.member(node, span),
    BooleanLiteral: (node, span) => ({ kind: 'plain', value: this.text(node) === 'true', span }),
    null: (_, span) => ({ kind: 'plain', value: null, span }),
  };

  /** `knex.schema.x` is a name; what is asked of a call's result is a call without arguments. */
  private member(node: SyntaxNode, span: Span): Value | null {
    const [object, property] = [node.firstChild, node.getChild('PropertyName')];
    if (!object || !property) return null;
    if (object.name !== 'CallExpression') return { kind: 'name', name: this.text(node).replaceAll(/\s/gu, ''), span };
    const [name, options] = [this.text(property), new Map<string, Value>()];
    const rest = { args: [], options, body: [], parameter: null, span };
    return { kind: 'call', name, nameAt: property.from, receiver: this.value(object), ...rest };
  }

  private entry(property: SyntaxNode): readonly (readonly [string, Value])[] {
    const [name, value] = [property.firstChild, last(property)];
    if (!name || !value || isMethod(property)) return [];
    const key =
      name.name === 'String' ? literal(this.source, inside(name), { start: 0, end: 0 }).text : this.text(name);
    return [[key, name === value ? { kind: 'computed', span: { start: name.from, end: name.to } } : this.value(value)]];
  }
}

const constantsBelow = (node: SyntaxNode): readonly SyntaxNode[] =>
  childrenOf(node).flatMap((child) => [
    ...(child.name === 'VariableDeclaration' && child.getChild('const') ? [child] : []),
    ...constantsBelow(child),
  ]);

const isMethod = (node: SyntaxNode): boolean => node.name === 'Property' && node.getChild('ParamList') !== null;

const bodyOf = (routine: SyntaxNode): SyntaxNode => routine.getChild('Block') ?? last(routine) ?? routine;

const inside = ({ from, to }: SyntaxNode) => ({ start: from + 1, end: to - 1 });

const isItem = ({ name }: SyntaxNode): boolean => !/^[[\](){},:]$|Comment$/u.test(name);
