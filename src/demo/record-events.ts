import type { Event } from '../events.ts';
import type { DemoReport } from '../report/demo-report.ts';

/** Keeps from the events what the report tells: steps, backfills and how many rows went to quarantine. */
export function recordEvents() {
  const steps: DemoReport['steps'] = [];
  const backfill: DemoReport['backfill'] = [];
  const quarantined = new Map<string, number>();
  let running: { title: string; filled: { mapping: string; rows: number } | null } = { title: '', filled: null };

  const finish = (event: Extract<Event, { type: 'step.finished' }>) => {
    const { step: id, direction, attempts, ms: durationMs, lockWaitMs, lockHeldMs } = event;
    const { title, filled } = running;
    steps.push({ id, title, direction, attempts, durationMs, lockWaitMs, lockHeldMs });
    if (filled) backfill.push({ ...filled, durationMs, rowsPerSecond: (1000 * filled.rows) / Math.max(1, durationMs) });
    running = { title: '', filled: null };
  };

  return {
    add: (event: Event): void => {
      if (event.type === 'step.started') running = { title: event.title, filled: null };
      else if (event.type === 'backfill.progressed')
        running = { ...running, filled: { mapping: event.mapping, rows: event.rowsDone } };
      else if (event.type === 'quarantine.found')
        quarantined.set(event.mapping, Math.max(event.rows, quarantined.get(event.mapping) ?? 0));
      else if (event.type === 'step.finished') finish(event);
    },
    steps,
    backfill,
    runningStep: () => running.title,
    quarantined: () => [...quarantined.values()].reduce((sum, rows) => sum + rows, 0),
  };
}
