/** Changes in the order they were made, to be taken back. */
export class History {
  readonly #undo: (() => void)[] = [];
  #kept = false;

  add(undo: () => void): void {
    if (this.#kept) this.#undo.push(undo);
  }

  /** From here on changes are kept; outside a transaction there is nothing to take back. */
  begin(): void {
    this.#undo.length = 0;
    this.#kept = true;
  }

  end(): void {
    this.#undo.length = 0;
    this.#kept = false;
  }

  mark(): number {
    return this.#undo.length;
  }

  /** Takes back what was done since the mark; everything without one. */
  backTo(mark = 0): void {
    for (const undo of this.#undo.splice(mark).reverse()) undo();
  }
}

/** Things by their key, whose changes can be taken back. */
export class Ledger<V> {
  readonly #values = new Map<string, V>();
  readonly #history: History;

  constructor(history: History) {
    this.#history = history;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  values(): IterableIterator<V> {
    return this.#values.values();
  }

  entries(): IterableIterator<[string, V]> {
    return this.#values.entries();
  }

  set(key: string, value: V): void {
    const [had, before] = [this.#values.has(key), this.#values.get(key)];
    this.#history.add(() => (had ? this.#values.set(key, before as V) : this.#values.delete(key)));
    this.#values.set(key, value);
  }

  delete(key: string): void {
    const before = this.#values.get(key);
    if (before === undefined) return;
    this.#history.add(() => this.#values.set(key, before));
    this.#values.delete(key);
  }
}
