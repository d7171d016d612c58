import type { Span } from '../../tokens.ts';

/** An expression of a script, as far as it can be known without running it. Places are those of the file. */
export type Value =
  | Text
  | Call
  | { readonly kind: 'plain'; readonly value: number | boolean | null; readonly span: Span }
  | { readonly kind: 'list'; readonly items: readonly Value[]; readonly span: Span }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Value>; readonly span: Span }
  /** `sa.Integer`: a name that the script does not define. */
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  /** Known only when it runs. */
  | { readonly kind: 'computed'; readonly span: Span };

export interface Text {
  readonly kind: 'text';
  readonly text: string;
  /** Where each of its UTF-16 units is in the file. */
  readonly at: readonly number[];
  readonly span: Span;
}

export interface Call {
  readonly kind: 'call';
  /** The last part of what is called: `execute` of `op.execute`. */
  readonly name: string;
  /** Where that stands. */
  readonly nameAt: number;
  readonly receiver: Value | null;
  readonly args: readonly Value[];
  /** Those that are given by name. */
  readonly options: ReadonlyMap<string, Value>;
  /** What is called in its block, callback or `with`, and the name of what that is given. */
  readonly body: readonly Call[];
  readonly parameter: string | null;
  readonly span: Span;
}

export interface Routine {
  readonly parameters: readonly string[];
  readonly calls: readonly Call[];
}

/** A file of Python, Ruby, JavaScript or TypeScript. */
export interface Script {
  readonly functions: ReadonlyMap<string, Routine>;
  /** What is assigned at the top or in a class, by name. */
  readonly assigned: ReadonlyMap<string, Value>;
  /** What is called at the top or in a class. */
  readonly calls: readonly Call[];
  readonly comments: readonly Span[];
  /** Where it stops to be a script. */
  readonly brokenAt: number | null;
}

export const textOf = (value: Value | undefined): string | null => (value?.kind === 'text' ? value.text : null);

/** The texts of a list, or of one text; null when something else is in it. */
export function textsOf(value: Value | undefined): readonly string[] | null {
  if (value?.kind === 'text') return [value.text];
  if (value?.kind !== 'list') return null;
  const texts = value.items.map(textOf);
  return texts.every((text) => text !== null) ? texts : null;
}

export const isTrue = (value: Value | undefined): boolean => value?.kind === 'plain' && value.value === true;
export const isNull = (value: Value | undefined): boolean => value?.kind === 'plain' && value.value === null;
export const isFalse = (value: Value | undefined): boolean => value?.kind === 'plain' && value.value === false;

/** Several texts written one after the other, as one. */
export const joined = (parts: readonly Text[], span: Span): Text => ({
  kind: 'text',
  text: parts.map(({ text }) => text).join(''),
  at: parts.flatMap(({ at }) => at),
  span,
});

/** The calls in a value that is none itself. */
export function callsIn(value: Value): readonly Call[] {
  if (value.kind === 'call') return [value];
  if (value.kind === 'list') return value.items.flatMap(callsIn);
  return value.kind === 'map' ? [...value.entries.values()].flatMap(callsIn) : [];
}

/** `op` of `op.batch.execute()`: what a chain of calls begins with. */
export function rootOf(value: Value | null): string | null {
  if (value?.kind === 'name') return value.name.split('.')[0] ?? null;
  if (value?.kind !== 'call') return null;
  return value.receiver === null ? value.name : rootOf(value.receiver);
}
