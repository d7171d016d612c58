/**
 * Chunks run side by side; a drain runs alone. A chunk that reads a row just before it is deleted must have committed before the
 * drain that takes the deletion off the list, or the row would come back.
 */
export class Turns {
  #running = 0;
  #draining = false;
  #waiting: (() => void)[] = [];

  async chunk<T>(work: () => Promise<T>): Promise<T> {
    while (this.#draining) await this.#changed();
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#wake();
    }
  }

  async drain<T>(work: () => Promise<T>): Promise<T> {
    while (this.#draining) await this.#changed();
    this.#draining = true;
    try {
      while (this.#running > 0) await this.#changed();
      return await work();
    } finally {
      this.#draining = false;
      this.#wake();
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
