import { type Clock, systemClock } from '../../clock.ts';

const SHORTEST_MS = 2000;
const LONGEST_MS = 5000;
const OPEN_SHARE = 0.3;

/** Keeps a transaction open for a while, again and again, so that one is open for 30 % of the time. */
export function repeatLongTransactions(run: (hold: () => Promise<void>) => Promise<void>, clock: Clock = systemClock) {
  const stopping = new AbortController();
  const startedAt = clock.now();
  const open: number[] = [];
  const { signal } = stopping;

  const repeat = async () => {
    while (!signal.aborted) {
      const ms = SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS);
      const before = clock.now();
      await run(() => clock.sleep(ms, signal));
      open.push(clock.now() - before);
      await clock.sleep((ms * (1 - OPEN_SHARE)) / OPEN_SHARE, signal);
    }
  };
  const ended = repeat();

  return {
    stop: async () => {
      stopping.abort();
      await ended;
      const total = open.reduce((sum, ms) => sum + ms, 0);
      return {
        count: open.length,
        openShare: Math.round((100 * total) / Math.max(1, clock.now() - startedAt)) / 100,
        longestMs: Math.round(Math.max(0, ...open)),
      };
    },
  };
}
