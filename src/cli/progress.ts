import type { Emit, Event } from '../events.ts';
import { advance, firstView, renderLive } from './live-view.ts';
import { progressLine } from './progress-lines.ts';
import type { Region, Terminal } from './terminal.ts';

export interface Progress {
  readonly emit: Emit;
  /** Before a question, and at the end: leaves the screen as it stands. */
  readonly rest: () => void;
}

/** How a run is shown: as JSON lines for programs, live for a person, as a log otherwise. */
export async function showProgress(terminal: Terminal, asJson: boolean): Promise<Progress> {
  if (asJson) return jsonLines(terminal);
  const region = await terminal.region();
  return region ? live(terminal, region) : log(terminal);
}

const jsonLines = ({ out, clock }: Terminal): Progress => ({
  emit: (event) =>
    out(JSON.stringify({ schema: 'lockkeeper.event/1', at: new Date(clock.now()).toISOString(), ...event })),
  rest: () => undefined,
});

function live({ errPaint }: Terminal, region: Region): Progress {
  let view = firstView;
  return {
    emit: (event) => {
      view = advance(view, event);
      const line = lasting(event) ? progressLine(event) : null;
      if (line !== null)
        region.persist(event.type === 'step.finished' ? `  ${errPaint.green('✓')} ${line}` : `  ${line}`);
      region.show(renderLive(view, errPaint));
    },
    rest: () => {
      region.clear();
      region.done();
    },
  };
}

/** Worth keeping on the screen above what changes. */
const lasting = ({ type }: Event): boolean =>
  ['step.finished', 'phase.finished', 'quarantine.found', 'pages.failed'].includes(type);

const REPEAT_EVERY_MS = 5000;

/** One line for each event; what comes again and again at most every five seconds, and always the last of the rows. */
function log({ err, clock }: Terminal): Progress {
  const saidAt = new Map<string, number>();
  const tooSoon = (event: Event) => {
    const topic = topicOf(event);
    if (topic === null) return false;
    const last = saidAt.get(topic) ?? -Infinity;
    if (clock.now() - last < REPEAT_EVERY_MS) return true;
    saidAt.set(topic, clock.now());
    return false;
  };
  return {
    emit: (event) => {
      const line = tooSoon(event) ? null : progressLine(event);
      if (line !== null) err(line);
    },
    rest: () => undefined,
  };
}

/** What an event repeats; null when it is news. */
function topicOf(event: Event): string | null {
  if (event.type === 'step.waiting') return `${event.type} ${event.step}`;
  if (event.type === 'drain.progressed' || event.type === 'horizon.waiting') return `${event.type} ${event.mapping}`;
  return event.type === 'backfill.progressed' && event.rowsDone < event.rowsTotal
    ? `${event.type} ${event.mapping}`
    : null;
}
