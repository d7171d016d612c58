import { unitsOf } from '../../source.ts';
import type { Span } from '../../tokens.ts';
import { type Call, joined, type Routine, type Script, type Text, type Value } from './value.ts';

/** A node of Prism's tree, of which only what is read here is named. Offsets are bytes. */
interface RubyNode {
  readonly location: Location;
  readonly constructor: { readonly name: string };
  readonly compactChildNodes: () => readonly RubyNode[];
  readonly name?: string;
  readonly value?: unknown;
  readonly unescaped?: { readonly value: string };
  readonly contentLoc?: Location | null;
  readonly receiver?: RubyNode | null;
  readonly arguments_?: { readonly arguments_: readonly RubyNode[] } | null;
  readonly block?: RubyNode | null;
  readonly body?: RubyNode | null;
  readonly parameters?: RubyNode | null;
  readonly elements?: readonly RubyNode[];
  readonly key?: RubyNode;
  readonly parts?: readonly RubyNode[];
  readonly parent?: RubyNode | null;
}

interface Location {
  readonly startOffset: number;
  readonly length: number;
}

export interface ParsedRuby {
  readonly value: RubyNode;
  readonly comments: readonly { readonly location: Location }[];
  readonly errors: readonly { readonly location: Location }[];
}

/** What a file of Ruby says, from its syntax tree by Prism. */
export function readRuby(source: string, parsed: ParsedRuby): Script {
  const unit = unitsOf(source);
  const spanOf = ({ startOffset, length }: Location): Span => ({
    start: unit(startOffset),
    end: unit(startOffset + length),
  });
  const reader = new RubyReader(source, spanOf);
  reader.statements(parsed.value);
  const [error] = parsed.errors;
  return {
    ...{ functions: reader.functions, assigned: reader.assigned, calls: reader.calls },
    comments: parsed.comments.map(({ location }) => spanOf(location)),
    brokenAt: error ? spanOf(error.location).start : null,
  };
}

class RubyReader {
  readonly functions = new Map<string, Routine>();
  readonly assigned = new Map<string, Value>();
  readonly calls: Call[] = [];
  /** What the method that is read calls something, unless that changes in it. */
  readonly #variables = new Map<string, Value>();
  readonly #source: string;
  readonly #spanOf: (location: Location) => Span;

  constructor(source: string, spanOf: (location: Location) => Span) {
    this.#source = source;
    this.#spanOf = spanOf;
  }

  /** Of the file, and of classes in it. */
  statements(block: RubyNode): void {
    for (const node of block.compactChildNodes()) {
      const kind = kindOf(node);
      if (kind === 'DefNode') this.functions.set(node.name ?? '', this.#routine(node.body));
      else if (kind === 'ConstantWriteNode') this.assigned.set(node.name ?? '', this.#value(node.value as RubyNode));
      else if (kind === 'CallNode') this.calls.push(this.#call(node));
      else if (['ClassNode', 'ModuleNode', 'StatementsNode'].includes(kind)) this.statements(node);
    }
  }

  #routine(body: RubyNode | null | undefined): Routine {
    this.#variables.clear();
    const seen = new Set<string>();
    for (const { name = '', value, constructor } of body ? writesBelow(body) : []) {
      if (seen.has(name) || constructor.name !== 'LocalVariableWriteNode') this.#variables.delete(name);
      else this.#variables.set(name, this.#value(value as RubyNode));
      seen.add(name);
    }
    return { parameters: [], calls: this.#callsBelow(body) };
  }

  #callsBelow(node: RubyNode | null | undefined): readonly Call[] {
    if (!node) return [];
    if (kindOf(node) === 'CallNode') return [this.#call(node)];
    return node.compactChildNodes().flatMap((child) => this.#callsBelow(child));
  }

  #call(node: RubyNode): Call {
    const given = node.arguments_?.arguments_ ?? [];
    const hash = given.find((arg) => kindOf(arg) === 'KeywordHashNode');
    const block = node.block && kindOf(node.block) === 'BlockNode' ? node.block : null;
    return {
      ...{ kind: 'call', name: node.name ?? '', span: this.#spanOf(node.location) },
      nameAt: this.#spanOf(node.location).start,
      receiver: node.receiver ? this.#value(node.receiver) : null,
      args: given.filter((arg) => arg !== hash).map((arg) => this.#value(arg)),
      options: this.#entries(hash?.elements),
      ...{ body: this.#callsBelow(block?.body), parameter: block ? firstParameter(block) : null },
    };
  }

  #entries(elements: readonly RubyNode[] = []): ReadonlyMap<string, Value> {
    return new Map(
      elements.flatMap(({ key, value }) => {
        const name = key && this.#value(key);
        return name?.kind === 'text' ? [[name.text, this.#value(value as RubyNode)] as const] : [];
      }),
    );
  }

  #value(node: RubyNode): Value {
    const span = this.#spanOf(node.location);
    return this.#readers[kindOf(node)]?.(node, span) ?? { kind: 'computed', span };
  }

  readonly #text = (node: RubyNode): Text => this.#textOf(node);
  readonly #number = (node: RubyNode, span: Span): Value => ({ kind: 'plain', value: Number(node.value), span });
  readonly #name = (_: RubyNode, span: Span): Value => ({
    kind: 'name',
    name: this.#source.slice(span.start, span.end),
    span,
  });

  readonly #readers: Readonly<Record<string, (node: RubyNode, span: Span) => Value | null>> = {
    ...{ StringNode: this.#text, SymbolNode: this.#text, IntegerNode: this.#number, FloatNode: this.#number },
    InterpolatedStringNode: (node, span) => {
      const parts = (node.parts ?? []).map((part) => this.#value(part));
      return parts.every((part) => part.kind === 'text') ? joined(parts, span) : null;
    },
    TrueNode: (_, span) => ({ kind: 'plain', value: true, span }),
    FalseNode: (_, span) => ({ kind: 'plain', value: false, span }),
    NilNode: (_, span) => ({ kind: 'plain', value: null, span }),
    ArrayNode: (node, span) => ({ kind: 'list', items: (node.elements ?? []).map((item) => this.#value(item)), span }),
    HashNode: (node, span) => ({ kind: 'map', entries: this.#entries(node.elements), span }),
    CallNode: (node) => this.#same(node) ?? this.#call(node),
    EmbeddedStatementsNode: (node, span) => this.#embedded(node, span),
    ConstantReadNode: (node, span) => this.assigned.get(node.name ?? '') ?? this.#name(node, span),
    LocalVariableReadNode: (node, span) => {
      const value = this.#variables.get(node.name ?? '');
      return value?.kind === 'text' || value?.kind === 'list' ? value : this.#name(node, span);
    },
    ConstantPathNode: this.#name,
    LambdaNode: (node, span) => this.#lambda(node, span),
  };

  /** `<<~SQL.squish`, `'a'.freeze`: what it is called on. */
  #same(node: RubyNode): Value | null {
    if (!node.receiver || node.arguments_ || !same.has(node.name ?? '')) return null;
    const value = this.#value(node.receiver);
    return value.kind === 'text' || value.kind === 'list' ? value : null;
  }

  #embedded(node: RubyNode, span: Span): Value | null {
    const [only, ...others] = node.compactChildNodes()[0]?.compactChildNodes() ?? [];
    const value = only && others.length === 0 ? this.#value(only) : null;
    return value?.kind === 'text' ? { ...value, at: value.at.map(() => span.start), span } : null;
  }

  /** `-> { "now()" }`: SQL, as a call of `sql`. */
  #lambda(node: RubyNode, span: Span): Value | null {
    const [only, ...others] = node.body?.compactChildNodes() ?? [];
    const text = only && others.length === 0 ? this.#value(only) : null;
    if (text?.kind !== 'text') return null;
    return {
      kind: 'call',
      name: 'sql',
      nameAt: span.start,
      receiver: null,
      args: [text],
      options: new Map(),
      body: [],
      parameter: null,
      span,
    };
  }

  /** A part of an indented heredoc says less than stands there: what is left out is at its beginning. */
  #textOf(node: RubyNode): Text {
    const text = node.unescaped?.value ?? '';
    const span = this.#spanOf(node.location);
    const inside = this.#spanOf(node.contentLoc ?? node.location);
    const written = this.#source.slice(inside.start, inside.end);
    const from = written.endsWith(text) ? inside.end - text.length : inside.start;
    const at = Array.from({ length: text.length }, (_, i) =>
      Math.min(from + i, Math.max(inside.start, inside.end - 1)),
    );
    return { kind: 'text', text, at, span };
  }
}

const same = new Set(['squish', 'strip', 'strip_heredoc', 'chomp', 'freeze']);

/** Where variables get a value. */
const writesBelow = (node: RubyNode): readonly RubyNode[] =>
  node
    .compactChildNodes()
    .flatMap((child) => [
      ...(/^LocalVariable\w*WriteNode$/u.test(kindOf(child)) ? [child] : []),
      ...writesBelow(child),
    ]);

const kindOf = (node: RubyNode): string => node.constructor.name;

function firstParameter(block: RubyNode): string | null {
  const list = block.parameters?.compactChildNodes()[0];
  return list?.compactChildNodes()[0]?.name ?? null;
}
