import { bucketOf } from './bucket.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Difference, differencesBetween } from './differences.ts';
import { type Phase, type Query, readAnswer } from './query.ts';

export type { Clock, Difference, Phase, Query };
export { expectPhase, PhaseNotReachedError } from './expect-phase.ts';

/** How the switch reaches the database. */
export interface ReadSwitchOptions {
  /**
   * Runs one statement on any connection of the application.
   * pg: `(text, values) => pool.query(text, values)`; postgres.js: `(text, values) => sql.unsafe(text, values)`;
   * Prisma: `(text, values) => prisma.$queryRawUnsafe(text, ...values)`; Drizzle: `(text, values) => db.$client.query(text, values)`.
   */
  readonly query: Query;
  /** Listens on a channel, so that a change is seen at once rather than at the next refresh; may return how to stop listening. */
  readonly listen?: (channel: string, notify: () => void) => unknown;
  /** The schema Lockkeeper keeps its journal in. */
  readonly journal?: string;
  readonly refreshMs?: number;
  readonly clock?: Clock;
}

/** Two reads that ought to agree and did not, or one that failed. */
export interface Disagreement {
  readonly name: string;
  readonly key: string | undefined;
  /** Which of the two the application went on with. */
  readonly served: 'old' | 'new';
  readonly differences: readonly Difference[];
  /** What the read that was not served failed with. */
  readonly error?: unknown;
}

/** Tells the application which shape to read. */
export interface ReadSwitch {
  /** From memory, without waiting. The same key always gets the same answer at the same percentage; without a key it is new only at 100 %. */
  readonly reads: (key?: string) => 'old' | 'new';
  /** Resolves once the database has been asked, whether or not it answered. */
  readonly ready: () => Promise<void>;
  /** Runs both reads and returns the one that the switch says; what the other one does never disturbs it. */
  readonly compare: <T>(
    key: string | undefined,
    readOld: () => Promise<T>,
    readNew: () => Promise<T>,
    options: { readonly onDifference: (disagreement: Disagreement) => void },
  ) => Promise<T>;
  readonly close: () => Promise<void>;
}

const CHANNEL = 'lockkeeper_reads';

/** Follows a migration's read switch. With the database away it keeps to the last answer, else old; after contract it says new, for ever. */
export function createReadSwitch(options: ReadSwitchOptions, name: string): ReadSwitch {
  const { query, listen, journal = 'lockkeeper', refreshMs = 1000, clock = systemClock } = options;
  let percent = 0;
  let final = false;
  let closed = false;
  let cancelTimer = () => {};
  let refreshing: Promise<void> | undefined;
  let again = false;

  const refresh = (): Promise<void> => {
    again = refreshing !== undefined;
    refreshing ??= ask().finally(() => {
      refreshing = undefined;
      if (again && !closed) void refresh();
    });
    return refreshing;
  };
  const ask = async () => {
    cancelTimer();
    const answer = await readAnswer(query, journal, name).catch(() => undefined);
    if (answer && !final) {
      percent = answer.phase === 'contract' ? 100 : answer.percent;
      final = answer.phase === 'contract';
    }
    if (!final && !closed) cancelTimer = clock.after(refreshMs, () => void refresh(), { background: true });
  };

  const listening = Promise.resolve()
    .then(() => listen?.(CHANNEL, () => void (final || closed || refresh())))
    .catch(() => undefined);
  const first = listening.then(refresh);

  const reads = (key?: string) =>
    percent >= 100 || (key !== undefined && bucketOf(name, key) < percent * 100) ? 'new' : 'old';

  return {
    reads,
    ready: () => first,
    compare: async (key, readOld, readNew, { onDifference }) => {
      const served = reads(key);
      const [oldRead, newRead] = await Promise.allSettled([attempt(readOld), attempt(readNew)]);
      const [wanted, other] = served === 'old' ? [oldRead, newRead] : [newRead, oldRead];
      if (wanted.status === 'rejected') throw wanted.reason;
      const differences =
        oldRead.status === 'fulfilled' && newRead.status === 'fulfilled'
          ? differencesBetween(oldRead.value, newRead.value)
          : [];
      const error = other.status === 'rejected' ? { error: other.reason as unknown } : {};
      if (differences.length > 0 || other.status === 'rejected')
        await attempt(() => onDifference({ name, key, served, differences, ...error })).catch(() => undefined);
      return wanted.value;
    },
    close: async () => {
      closed = true;
      cancelTimer();
      const stopListening = await listening;
      if (typeof stopListening === 'function') await attempt(stopListening as () => unknown).catch(() => undefined);
      await refreshing;
    },
  };
}

/** Also turns what is thrown at once into a rejection. */
const attempt = async <T>(work: () => T): Promise<Awaited<T>> => await work();
