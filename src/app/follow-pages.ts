import type { Event } from '../events.ts';
import { LockkeeperError } from '../errors.ts';
import { Publications } from '../journal/publications.ts';
import { journalOf, type Deps } from './deps.ts';
import { type PublishingDeps, whyOf, writePages } from './write-pages.ts';

/** How long the end of a run may wait for its pages. */
const PATIENCE_MS = 5000;

/** Pages that follow a run. */
export interface Followed {
  /** After an event was recorded: what it says may have to be on the pages. Returns at once. */
  readonly recorded: (event: Event) => void;
  /** At the end. What is not written soon is left to the next update. */
  readonly finish: () => Promise<void>;
}

/**
 * Keeps the pages of a migration true while it runs, beside it and over a session of its own: a workspace that is slow, down or
 * revoked neither delays nor fails the run. What could not be written stays due in the journal.
 */
export function followPages(deps: Deps, migration: string): Followed {
  const { pages } = deps;
  if (!pages?.follow) return { recorded: () => undefined, finish: () => Promise.resolve() };
  const controller = new AbortController();
  const { signal } = controller;
  let running: Promise<void> | null = null;
  let again = false;
  const work = async () => {
    while (again && !signal.aborted) {
      again = false;
      await updateOnce({ ...deps, pages, signal }, migration);
    }
    running = null;
  };
  return {
    recorded: ({ type }) => {
      if (type !== 'phase.finished' && type !== 'run.finished') return;
      again = true;
      running ??= work();
    },
    finish: async () => {
      if (!running) return;
      await Promise.race([running, deps.clock.sleep(PATIENCE_MS, signal)]);
      controller.abort();
      await (running as Promise<void> | null);
    },
  };
}

/** Ends at the latest when the signal aborts, whatever the workspace does then. */
async function updateOnce(deps: PublishingDeps, migration: string): Promise<void> {
  let workspace = '';
  try {
    const session = await deps.connect('watch', migration);
    try {
      const journal = journalOf(deps);
      const published = await new Publications(journal.schema).find(session, migration);
      if (!published) return;
      ({ workspace } = published);
      const { changes } = await Promise.race([writePages(deps, session, journal, migration), aborted(deps.signal)]);
      const changed = changes.filter(({ how }) => how !== 'unchanged').length;
      tell(deps, { type: 'pages.updated', migration, workspace, changed });
    } finally {
      await session.close();
    }
  } catch (error) {
    // Whoever writes them goes on until they say what is new.
    if (error instanceof LockkeeperError && error.code === 'PAGES_BUSY') return;
    const why = deps.signal.aborted ? 'it did not answer in time.' : whyOf(error);
    tell(deps, { type: 'pages.failed', migration, workspace, why });
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = () => reject(new Error('aborted'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

/** A listener only looks on. */
function tell({ emit }: Deps, event: Parameters<Deps['emit']>[0]): void {
  try {
    emit(event);
  } catch {
    // What it does is its own.
  }
}
