import { type History, Ledger } from './ledger.ts';
import { type Index, keyOf } from './objects.ts';

/** All indexes, by their key and by their table. */
export class Indexes {
  readonly #all: Ledger<Index>;
  readonly #ofTable: Ledger<readonly string[]>;

  constructor(history: History) {
    this.#all = new Ledger(history);
    this.#ofTable = new Ledger(history);
  }

  get(key: string): Index | undefined {
    return this.#all.get(key);
  }

  /** Those of a table, by its key. */
  of(table: string): readonly Index[] {
    return (this.#ofTable.get(table) ?? []).flatMap((key) => this.#all.get(key) ?? []);
  }

  put(index: Index): void {
    const key = keyOf(index);
    const before = this.#all.get(key);
    if (before && before.table !== index.table) this.#leave(before);
    const keys = this.#ofTable.get(index.table) ?? [];
    if (before?.table !== index.table) this.#ofTable.set(index.table, [...keys, key]);
    this.#all.set(key, index);
  }

  delete(key: string): void {
    const index = this.#all.get(key);
    if (!index) return;
    this.#leave(index);
    this.#all.delete(key);
  }

  #leave(index: Index): void {
    const key = keyOf(index);
    const others = (this.#ofTable.get(index.table) ?? []).filter((other) => other !== key);
    if (others.length > 0) this.#ofTable.set(index.table, others);
    else this.#ofTable.delete(index.table);
  }
}
