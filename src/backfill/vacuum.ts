import type { Session } from '../database/database.ts';
import { isPassing } from '../database/sqlstate.ts';
import { qualified, sql, type RelationName } from '../sql/sql.ts';

const EVERY = 0.1;

/**
 * Updating in place leaves a dead row for each: taken away by the worker that comes to a tenth of the way, so that the table grows by
 * little more than that instead of doubling.
 */
export class Vacuum {
  readonly #every: number;
  #visited = 0;
  #running = false;

  /** `pages`: of all that is swept. */
  constructor(pages: number) {
    this.#every = pages * EVERY;
  }

  /** Ends at once when the signal aborts: it can be cut short anywhere. */
  async whenDue(session: Session, leaf: RelationName, pages: number, signal: AbortSignal): Promise<void> {
    this.#visited += pages;
    if (this.#running || this.#visited < this.#every) return;
    this.#visited = 0;
    this.#running = true;
    const cancel = () => void session.cancel().catch(() => undefined);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      await session.execute(sql`VACUUM (SKIP_LOCKED, TRUNCATE FALSE, PARALLEL 0) ${qualified(leaf)}`);
    } catch (error) {
      if (!isPassing(error)) throw error;
    } finally {
      this.#running = false;
      signal.removeEventListener('abort', cancel);
    }
  }
}
