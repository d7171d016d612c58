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
export function showProgress(terminal: Terminal, asJson: boolean): Progress {
  if (asJson) return jsonLines(terminal);
  return terminal.region ? live(terminal, terminal.region) : log(terminal);
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
  type === 'step.finished' || type === 'phase.finished' || type === 'quarantine.found';

const BACKFILL_EVERY_MS = 5000;

/** One line for each event; progress of rows at most every five seconds, and always the last one. */
function log({ err, clock }: Terminal): Progress {
  let saidAt = -Infinity;
  return {
    emit: (event) => {
      if (event.type === 'backfill.progressed') {
        const finished = event.rowsDone >= event.rowsTotal;
        if (!finished && clock.now() - saidAt < BACKFILL_EVERY_MS) return;
        saidAt = clock.now();
      }
      const line = progressLine(event);
      if (line !== null) err(line);
    },
    rest: () => undefined,
  };
}
