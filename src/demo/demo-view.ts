import type { Event } from '../events.ts';
import type { LiveLatency } from './application/application.ts';

/** What a person watching the demonstration sees now. Rendering it is the terminal's business. */
export interface DemoView {
  /** What is going on, in words: `backfill`, `application: new version joins`. */
  readonly act: string;
  readonly elapsedMs: number;
  /** The step that is running. */
  readonly step: string | null;
  /** Why it is not going on, when it is not. */
  readonly waiting: string | null;
  readonly backfill: {
    readonly rowsDone: number;
    readonly rowsTotal: number;
    readonly rowsPerSecond: number;
    readonly secondsLeft: number | null;
  } | null;
  readonly latency: LiveLatency | null;
  readonly longestStallMs: number;
}

export const firstView: DemoView = {
  act: 'starting',
  elapsedMs: 0,
  step: null,
  waiting: null,
  backfill: null,
  latency: null,
  longestStallMs: 0,
};

/** The view after an event of the engine. */
export const advance = (view: DemoView, event: Event): DemoView => ({ ...view, ...changeBy(event) });

function changeBy(event: Event): Partial<DemoView> {
  if (event.type === 'step.started') return { step: event.title, waiting: null };
  if (event.type === 'step.waiting') return { waiting: event.because };
  if (event.type === 'step.finished') return { step: null, waiting: null, backfill: null };
  if (event.type === 'backfill.progressed') {
    const { rowsDone, rowsTotal, rowsPerSecond, secondsLeft } = event;
    return { backfill: { rowsDone, rowsTotal, rowsPerSecond, secondsLeft } };
  }
  if (event.type === 'drain.progressed')
    return { waiting: event.pending > 0 ? `${event.pending} captured rows to bring up to date` : null };
  if (event.type === 'horizon.waiting') return { waiting: 'transactions that began before the change' };
  if (event.type === 'gate.closed') return { waiting: event.why };
  return {};
}
