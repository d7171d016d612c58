import type { Event, PhaseName } from '../events.ts';
import { number } from '../report/numbers.ts';
import { oneLine, type Paint } from '../report/text.ts';
import { duration } from '../report/words.ts';
import { answer, type ByEvent } from './by-event.ts';
import { blockersText } from './progress-lines.ts';

type Progressed = Extract<Event, { type: 'backfill.progressed' }>;

/** What a person watching a run sees now. */
export interface LiveView {
  readonly phase: PhaseName | null;
  readonly step: string | null;
  readonly waiting: string | null;
  readonly backfill: Progressed | null;
}

export const firstView: LiveView = { phase: null, step: null, waiting: null, backfill: null };

/** The view after an event. */
export const advance = (view: LiveView, event: Event): LiveView => ({ ...view, ...answer(changes, event) });

const unchanged = () => ({});

const changes: ByEvent<Partial<LiveView>> = {
  'run.started': unchanged,
  'run.paused': () => ({ waiting: 'paused; go on with: lockkeeper resume' }),
  'run.resumed': () => ({ waiting: null }),
  'run.finished': unchanged,
  'phase.started': ({ phase }) => ({ phase }),
  'phase.finished': unchanged,
  'step.started': ({ step, direction }) => ({ step: `${direction === 'back' ? 'undo ' : ''}${step}`, waiting: null }),
  'step.waiting': ({ because, blockers }) => ({ waiting: `${because}${blockersText(blockers)}` }),
  'step.finished': () => ({ step: null, waiting: null, backfill: null }),
  'backfill.progressed': (backfill) => ({ backfill, waiting: null }),
  'drain.progressed': ({ pending }) => ({
    waiting: pending > 0 ? `${number(pending)} captured rows to bring up to date` : null,
  }),
  'horizon.waiting': ({ blockers }) => ({ waiting: `older transactions have to end${blockersText(blockers)}` }),
  'quarantine.found': unchanged,
  'pages.updated': unchanged,
  'pages.failed': unchanged,
  'gate.opened': () => ({ waiting: null }),
  'gate.closed': ({ why }) => ({ waiting: why }),
};

/** The region of the screen that changes. */
export function renderLive({ phase, step, waiting, backfill }: LiveView, paint: Paint): string {
  return [
    phase === null ? null : `${paint.bold(phase)}${step === null ? '' : `  ${oneLine(step)}`}`,
    backfill === null ? null : backfillBar(backfill),
    waiting === null ? null : paint.yellow(oneLine(`waits: ${waiting}`)),
  ]
    .filter((line) => line !== null)
    .join('\n');
}

/** `█████░░░░░  50 %  500,000 of 1,000,000 rows  41,230 rows/s  12 s left`. */
function backfillBar({ rowsDone, rowsTotal, rowsPerSecond, secondsLeft, throttle }: Progressed): string {
  const share = rowsTotal > 0 ? Math.min(1, rowsDone / rowsTotal) : 1;
  return [
    progressBar(share),
    `${Math.floor(100 * share)} %`.padStart(5),
    `${number(rowsDone)} of ${number(rowsTotal)} rows`,
    `${number(Math.round(rowsPerSecond))} rows/s`,
    ...(secondsLeft !== null && secondsLeft > 0 ? [`${duration(secondsLeft * 1000)} left`] : []),
    ...(throttle === null ? [] : [`held back by ${throttle}`]),
  ].join('  ');
}

const BAR = 30;

export function progressBar(share: number): string {
  const full = Math.round(BAR * share);
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
}
