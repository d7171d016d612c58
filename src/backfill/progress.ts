import type { Clock } from '../clock.ts';
import type { Emit, Throttle } from '../events.ts';

const WINDOW_MS = 5000;

/** Counts rows and tells how it goes, once a second at most. */
export class Progress {
  readonly #emit: Emit;
  readonly #clock: Clock;
  readonly #mapping: string;
  readonly #total: number;
  #done: number;
  #told = 0;
  #recent: { at: number; done: number }[] = [];
  throttle: Throttle = null;

  constructor(emit: Emit, clock: Clock, mapping: string, done: number, total: number) {
    this.#emit = emit;
    this.#clock = clock;
    this.#mapping = mapping;
    this.#done = done;
    this.#total = Math.max(total, done);
    this.#recent = [{ at: clock.now(), done }];
  }

  add(rows: number): void {
    this.#done += rows;
    if (this.#clock.now() - this.#told >= 1000) this.tell();
  }

  tell(): void {
    const now = this.#clock.now();
    this.#told = now;
    this.#recent = [...this.#recent.filter((r) => now - r.at <= WINDOW_MS), { at: now, done: this.#done }];
    const first = this.#recent[0];
    const seconds = first ? (now - first.at) / 1000 : 0;
    const rowsPerSecond = first && seconds > 0 ? (this.#done - first.done) / seconds : 0;
    const left = Math.max(0, this.#total - this.#done);
    this.#emit({
      type: 'backfill.progressed',
      mapping: this.#mapping,
      rowsDone: this.#done,
      rowsTotal: Math.max(this.#total, this.#done),
      rowsPerSecond: Math.round(rowsPerSecond),
      secondsLeft: rowsPerSecond > 0 ? Math.ceil(left / rowsPerSecond) : null,
      throttle: this.throttle,
    });
  }
}
