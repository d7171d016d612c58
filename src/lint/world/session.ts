import { type History, Ledger } from './ledger.ts';
import { atLeast, type LockMode, lockModes } from './lock-mode.ts';
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
  /** Who began it: the runner, the file, a DO block for itself, or the server for a string of several statements. */
  readonly by: 'runner' | 'file' | 'block' | 'server';
}

/** The connection: its transaction, the locks that holds, and the settings in force. */
export class Session {
  readonly #history: History;
  readonly #settings: Ledger<string | null>;
  readonly #savepoints: { readonly name: string; readonly mark: number }[] = [];
  #transaction: Transaction | null = null;
  #locks: Ledger<HeldLock>;
  #lastId = 0;

  constructor(history: History) {
    this.#history = history;
    this.#settings = new Ledger(history);
    this.#locks = new Ledger(history);
  }

  get transaction(): Transaction | null {
    return this.#transaction;
  }

  /** In the order in which they were taken. */
  get locks(): Iterable<HeldLock> {
    return this.#locks.values();
  }

  holds(relation: string, least: LockMode): boolean {
    return lockModes.some((mode) => atLeast(mode, least) && this.#locks.get(`${mode} ${relation}`) !== undefined);
  }

  get transactionId(): number {
    return this.#transaction?.id ?? this.#lastId;
  }

  /** Outside a transaction each statement is one of its own. */
  nextStatement(): void {
    if (!this.#transaction) this.#lastId++;
  }

  begin(by: Transaction['by']): void {
    this.#history.begin();
    this.#savepoints.length = 0;
    this.#lastId++;
    this.#transaction = { id: this.#lastId, by };
    this.#locks = new Ledger(this.#history);
  }

  /** The file begins a transaction in the one that the server began, which is the same then. */
  takeOver(): void {
    if (this.#transaction) this.#transaction = { ...this.#transaction, by: 'file' };
  }

  commit(): void {
    for (const [key] of [...this.#settings.entries()]) if (key.startsWith('local ')) this.#settings.delete(key);
    this.#end();
  }

  rollback(): void {
    this.#history.backTo();
    this.#end();
  }

  #end(): void {
    this.#history.end();
    this.#savepoints.length = 0;
    this.#lastId++;
    this.#transaction = null;
    this.#locks = new Ledger(this.#history);
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
    if (this.#transaction) for (const lock of locks) this.#locks.set(`${lock.mode} ${lock.relation}`, lock);
  }

  /** Null is the default of the server. */
  set(name: string, value: string | null, local: boolean): void {
    if (local && !this.#transaction) return; // PostgreSQL only warns
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
