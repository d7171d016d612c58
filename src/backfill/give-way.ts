import { isPassing } from '../database/sqlstate.ts';
import type { RunContext } from './context.ts';
import { interrupted, notHad } from './errors.ts';

const MAX_TRIES = 300;

/** Work that had to give way, to somebody's lock or to whoever cancelled its statement, is done again a moment later. */
export async function untilHad<T>(
  { clock, signal, run }: Pick<RunContext, 'clock' | 'signal'> & { readonly run: Pick<RunContext['run'], 'migration'> },
  work: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error) || !isPassing(error)) throw error;
      if (signal.aborted) throw interrupted();
      if (tries === MAX_TRIES) throw notHad(run.migration, error);
      await clock.sleep(Math.min(2000, 20 * 1.3 ** tries), signal);
    }
}
