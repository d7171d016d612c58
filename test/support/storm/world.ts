import type { Row, Through } from './shape.ts';

const REMEMBERED = 20_000;

/** What the application knows from outside the database: the last acknowledged value of every key, and what may be used. */
export class World {
  readonly rows = new Map<number, NonNullable<Row>>();
  readonly #taken = new Set<number>();
  readonly #using: Record<Through, number> = { old: 0, new: 0 };
  readonly allowed: Record<Through, boolean> = { old: true, new: false };
  /** Processes of the database that belong to this program under test, to tell whom a deadlock was with. */
  readonly ours = new Set<number>();
  readonly counts = new Map<string, number>();
  readonly errors = new Map<string, number>();
  stopped = false;
  #wantsAll = false;
  readonly #told: { readonly at: number; readonly keys: readonly number[]; readonly what: string }[] = [];

  count(what: string, n = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + n);
  }

  /** One writer per key at a time, so that the order of its writes is known. */
  take(keys: readonly number[]): boolean {
    if (this.#wantsAll || keys.some((key) => this.#taken.has(key))) return false;
    for (const key of keys) this.#taken.add(key);
    return true;
  }

  /** Every key at once, for a TRUNCATE; nobody else gets one while it waits. */
  async takeAll(wait: () => Promise<void>): Promise<boolean> {
    if (this.#wantsAll) return false;
    this.#wantsAll = true;
    while (this.#taken.size > 0) await wait();
    return true;
  }

  giveAll(): void {
    this.#wantsAll = false;
  }

  give(keys: readonly number[]): void {
    for (const key of keys) this.#taken.delete(key);
  }

  use(through: readonly Through[]): boolean {
    if (this.stopped || through.some((side) => !this.allowed[side])) return false;
    for (const side of through) this.#using[side]++;
    return true;
  }

  leave(through: readonly Through[]): void {
    for (const side of through) this.#using[side]--;
  }

  isUsed = (side: Through): boolean => this.#using[side] > 0;

  acknowledge(changes: ReadonlyMap<number, Row>): void {
    for (const [key, row] of changes)
      if (row) this.rows.set(key, row);
      else this.rows.delete(key);
  }

  /** The new shape has gone, and with it what only it could say. */
  forget(forgotten: (row: NonNullable<Row>) => NonNullable<Row>): void {
    for (const [key, row] of this.rows) this.rows.set(key, forgotten(row));
  }

  /** Remembers what happened to some keys, or to all. */
  tell(what: string, keys: readonly number[] = []): void {
    this.#told.push({ at: Date.now(), keys, what });
    if (this.#told.length > REMEMBERED) this.#told.shift();
  }

  /** What happened to a key, and to all keys since. */
  storyOf(key: number): string {
    const first = this.#told.findIndex(({ keys }) => keys.includes(key));
    return this.#told
      .slice(Math.max(0, first))
      .filter(({ keys }) => !keys.length || keys.includes(key))
      .slice(-60)
      .map(({ at, what }) => `  ${new Date(at).toISOString().slice(14, 23)} ${what}`)
      .join('\n');
  }
}
