import { type History, Ledger } from './ledger.ts';
import type { LockMode } from './lock-mode.ts';
import type { RelationKind } from './objects.ts';

/** A lock that the open transaction holds on something that was there before it. */
export interface HeldLock {
  readonly relation: string;
  readonly mode: LockMode;
  readonly kind: RelationKind;
  /** Which statement of the file took it. */
  readonly position: number;
}

export interface Transaction {
  readonly id: number;
  /** Who began it: the runner, the file, or a DO block for itself. */
  readonly by: 'runner' | 'file' | 'block';
}

interface State {
  readonly transaction: Transaction | null;
  readonly locks: readonly HeldLock[];
}

/** The connection: its transaction, the locks that holds, and the settings in force. */
export class Session {
  readonly #history: History;
  readonly #settings: Ledger<string | null>;
  readonly #savepoints: { readonly name: string; readonly mark: number }[] = [];
  #state: State = { transaction: null, locks: [] };
  #begun = 0;
  #lastId = 0;

  constructor(history: History) {
    this.#history = history;
    this.#settings = new Ledger(history);
  }

  get transaction(): Transaction | null {
    return this.#state.transaction;
  }

  get locks(): readonly HeldLock[] {
    return this.#state.locks;
  }

  get transactionId(): number {
    return this.#state.transaction?.id ?? this.#lastId;
  }

  /** Outside a transaction each statement is one of its own. */
  nextStatement(): void {
    if (!this.#state.transaction) this.#lastId++;
  }

  begin(by: Transaction['by']): void {
    this.#begun = this.#history.mark();
    this.#savepoints.length = 0;
    this.#lastId++;
    this.#state = { transaction: { id: this.#lastId, by }, locks: [] };
  }

  commit(): void {
    for (const [key] of [...this.#settings.entries()]) if (key.startsWith('local ')) this.#settings.delete(key);
    this.#end();
  }

  rollback(): void {
    this.#history.backTo(this.#begun);
    this.#end();
  }

  #end(): void {
    this.#savepoints.length = 0;
    this.#lastId++;
    this.#state = { transaction: null, locks: [] };
  }

  savepoint(name: string): void {
    this.#savepoints.push({ name, mark: this.#history.mark() });
  }

  rollbackTo(name: string): void {
    const at = this.#savepoints.findLastIndex((savepoint) => savepoint.name === name);
    const savepoint = this.#savepoints[at];
    if (!savepoint) return;
    this.#history.backTo(savepoint.mark);
    this.#savepoints.length = at + 1;
  }

  hold(locks: readonly HeldLock[]): void {
    if (!this.#state.transaction || locks.length === 0) return;
    const before = this.#state;
    this.#history.add(() => (this.#state = before));
    this.#state = { ...before, locks: [...before.locks, ...locks] };
  }

  /** Null is the default of the server. */
  set(name: string, value: string | null, local: boolean): void {
    if (local && !this.#state.transaction) return; // PostgreSQL only warns
    if (!local) this.#settings.delete(`local ${name}`);
    this.#settings.set(`${local ? 'local' : 'session'} ${name}`, value);
  }

  resetAll(): void {
    for (const [key] of [...this.#settings.entries()]) this.#settings.delete(key);
  }

  /** What is in force: null when nothing in the file set it. */
  setting(name: string): string | null {
    return this.#settings.get(`local ${name}`) ?? this.#settings.get(`session ${name}`) ?? null;
  }

  searchPath(): readonly string[] {
    const value = this.setting('search_path');
    if (value === null) return ['public'];
    const path = value
      .split(',')
      .map((part) => part.trim().replaceAll(/^"|"$/gu, ''))
      .filter((part) => part !== '' && part !== '$user' && part !== 'pg_catalog');
    return path;
  }
}
