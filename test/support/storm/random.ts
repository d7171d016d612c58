/** Decisions that a seed repeats. Each actor forks its own, so that the timing of one does not change what another decides. */
export class Random {
  readonly #name: string;
  #state: number;

  constructor(seed: number, name = '') {
    this.#name = `${seed}/${name}`;
    this.#state = 2166136261;
    for (const letter of this.#name) this.#state = Math.imul(this.#state ^ letter.charCodeAt(0), 16777619) >>> 0;
  }

  fork = (name: string): Random => new Random(this.#state, name);

  /** From 0 up to 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  chance = (probability: number): boolean => this.next() < probability;
  upTo = (n: number): number => Math.floor(this.next() * n);
  pick<T>(list: readonly T[]): T {
    const chosen = list[this.upTo(list.length)];
    if (chosen === undefined) throw new Error('Nothing to choose from.');
    return chosen;
  }
}
