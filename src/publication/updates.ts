import type { Event } from '../events.ts';
import type { Plan } from '../plan/plan.ts';
import { code, plain } from '../report/markdown.ts';
import { duration, plural } from '../report/words.ts';
import { momentText } from './body.ts';
import { type History, shortened } from './history.ts';

const AT_MOST = 20;

/** What happened, the newest first. */
export function updates({ migration }: Plan, { events }: History): readonly string[] {
  const found: { readonly at: string; readonly text: string }[] = [];
  let back = false;
  const closed = new Set<string>();
  for (const { at, event } of events) {
    if (event.type === 'run.started') back = event.direction === 'back';
    const text = updateText(event, back, migration);
    if (text === null || closed.has(text)) continue;
    // A gate that is found closed again is no news.
    if (event.type === 'gate.closed') closed.add(text);
    else closed.clear();
    found.push({ at, text });
  }
  return found
    .slice(-AT_MOST)
    .reverse()
    .map(({ at, text }) => `${momentText(at)}: ${text}`);
}

function updateText(event: Event, back: boolean, migration: string): string | null {
  if (event.type === 'phase.finished')
    return `the phase ${code(event.phase)} ${back ? 'was taken back' : 'is done'}, in ${duration(event.ms)}`;
  if (event.type === 'gate.closed') return `it waits at ${code(event.step)}: ${plain(shortened(event.why))}`;
  if (event.type === 'gate.opened' && told.includes(event.gate))
    return `${code(event.step)} was passed: ${plain(shortened(event.why))}`;
  if (event.type === 'quarantine.found')
    return `${plural(event.rows, 'row')} of ${code(event.mapping)} with values that do not fit, set aside`;
  if (event.type === 'run.paused') return 'somebody paused it';
  if (event.type === 'run.resumed') return 'somebody resumed it';
  if (event.type !== 'run.finished') return null;
  if (event.outcome === 'failed') return `a run failed; ${code(`lockkeeper status ${migration}`)} says why`;
  return event.outcome === 'interrupted' ? 'somebody interrupted it' : null;
}

/** The others open by themselves, right before what they guard. */
const told: readonly string[] = ['parity', 'contract-approval', 'backup'];
