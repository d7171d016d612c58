import { type Call, isFalse, isTrue, textsOf, type Value } from './value.ts';

/** An argument is known only when the script runs. */
export class Computed extends Error {
  override readonly name = 'Computed';
  readonly value: Value | Call;
  constructor(value: Value | Call, what: string) {
    super(`${what} is known only when it runs`);
    this.value = value;
  }
}

/** What a call is given, by name or by position; asking for a text that is none throws Computed. */
export class Given {
  readonly call: Call;
  readonly #options: ReadonlyMap<string, Value>;
  readonly #args: readonly Value[];
  readonly #missed: Computed[] = [];

  /** A last argument that is an object holds options, as in JavaScript. */
  constructor(call: Call, args: readonly Value[] = call.args) {
    const last = args.at(-1);
    this.call = call;
    this.#args = args;
    this.#options = call.options.size === 0 && last?.kind === 'map' ? last.entries : call.options;
  }

  value(name: string, position = -1): Value | undefined {
    const value = this.#options.get(name) ?? (position < 0 ? undefined : this.#args[position]);
    return value?.kind === 'plain' && value.value === null ? undefined : value;
  }

  text(name: string, position = -1): string {
    return this.maybe(name, position) ?? this.fail(name);
  }

  /** Null when it is not given. */
  maybe(name: string, position = -1): string | null {
    const value = this.value(name, position);
    if (value === undefined) return null;
    return value.kind === 'text' ? value.text : this.fail(name, value);
  }

  /** A list of texts, or one. */
  texts(name: string, position = -1): readonly string[] {
    const value = this.value(name, position);
    return textsOf(value) ?? this.fail(name, value);
  }

  is(name: string): boolean {
    return isTrue(this.#options.get(name));
  }

  isNot(name: string): boolean {
    return isFalse(this.#options.get(name));
  }

  number(name: string, position = -1): number | null {
    const value = this.value(name, position);
    return value?.kind === 'plain' && typeof value.value === 'number' ? value.value : null;
  }

  /** The options that are given, by name. */
  get named(): ReadonlyMap<string, Value> {
    return this.#options;
  }

  /** A part of it; when that is known only when it runs, the rest goes on without it. */
  partly<T>(part: () => readonly T[]): readonly T[] {
    try {
      return part();
    } catch (error) {
      if (!(error instanceof Computed)) throw error;
      this.#missed.push(error);
      return [];
    }
  }

  /** The parts that went missing. */
  get missed(): readonly Computed[] {
    return this.#missed;
  }

  fail(name: string, value: Value | Call = this.call): never {
    throw new Computed(value, `${name} of ${this.call.name}`);
  }
}
