import { isPassing } from '../database/sqlstate.ts';
import type { RunContext } from './context.ts';

const MAX_TRIES = 300;

/** Work that had to give way, to somebody's lock or to whoever cancelled its statement, is done again a moment later. */
export async function untilHad<T>(
  { clock, signal }: Pick<RunContext, 'clock' | 'signal'>,
  work: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++)
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || tries === MAX_TRIES || signal.aborted) throw error;
      await clock.sleep(Math.min(2000, 20 * 1.3 ** tries), signal);
    }
}
