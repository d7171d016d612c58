import type { Blocker, Event } from '../events.ts';
import { number } from '../report/numbers.ts';
import { oneLine } from '../report/text.ts';
import { duration, phaseText, plural, shellWord } from '../report/words.ts';
import { answer, type ByEvent } from './by-event.ts';

type Progressed = Extract<Event, { type: 'backfill.progressed' }>;

/** An event as one line for a log; null when people can do without it. */
export function progressLine(event: Event): string | null {
  const text = answer(texts, event);
  return text === null ? null : oneLine(text);
}

const nothing = () => null;

const texts: ByEvent<string | null> = {
  'run.started': ({ migration, direction, to, planHash }) =>
    `${migration}: ${direction === 'forward' ? `forward to ${to}` : 'back'}, plan ${planHash.slice(0, 12)}`,
  'run.paused': () => 'paused; go on with: lockkeeper resume',
  'run.resumed': () => 'resumed',
  'run.finished': ({ outcome, phase, ms }) => `${outcome}; done: ${phaseText(phase)}; ${duration(ms)}`,
  'phase.started': ({ phase, direction }) => `phase ${phase}${direction === 'back' ? ', back' : ''}`,
  'phase.finished': ({ phase, direction, ms }) =>
    `phase ${phase} is ${direction === 'back' ? 'taken back' : 'done'} in ${duration(ms)}`,
  'step.started': nothing,
  'step.waiting': ({ step, because, blockers, attempt, nextTryMs }) =>
    `${step}: waits, ${because}${blockersText(blockers)}; try ${attempt + 1} in ${duration(nextTryMs)}`,
  'step.finished': (event) =>
    `${event.direction === 'back' ? 'undid ' : ''}${event.step} in ${duration(event.ms)}${lockText(event)}`,
  'backfill.progressed': (event) => backfillText(event),
  'drain.progressed': ({ mapping, pending }) =>
    pending > 0 ? `${mapping}: ${number(pending)} captured rows to bring up to date` : null,
  'horizon.waiting': ({ mapping, blockers }) => `${mapping}: waits for older transactions${blockersText(blockers)}`,
  'quarantine.found': ({ mapping, rows }) =>
    `${mapping}: ${plural(rows, 'row')} with values that do not fit, set aside`,
  'gate.opened': nothing,
  'gate.closed': ({ step, why }) => `${step}: closed, ${why}`,
  'pages.updated': ({ workspace, changed }) =>
    changed > 0 ? `${plural(changed, 'page')} updated in ${workspace}` : null,
  'pages.failed': ({ migration, workspace, why }) =>
    `warning: the pages in ${workspace} are not up to date: ${why} They are caught up by the next phase, or by: lockkeeper spec update ${shellWord(migration)}`,
};

const lockText = ({ lockWaitMs, lockHeldMs, attempts }: Extract<Event, { type: 'step.finished' }>): string =>
  lockHeldMs > 0 || lockWaitMs > 0
    ? ` (lock waited ${duration(lockWaitMs)}, held ${duration(lockHeldMs)}${attempts > 1 ? `, ${attempts} tries` : ''})`
    : '';

const backfillText = ({ mapping, rowsDone, rowsTotal, rowsPerSecond, secondsLeft, throttle }: Progressed): string =>
  [
    `${mapping}: ${number(rowsDone)} of ${number(rowsTotal)} rows`,
    `${number(Math.round(rowsPerSecond))} rows/s`,
    secondsLeft !== null && secondsLeft > 0 && `${duration(secondsLeft * 1000)} left`,
    throttle !== null && `held back by ${throttle}`,
  ]
    .filter(Boolean)
    .join(', ');

/** Who is in the way, as a database's owner would look for them. */
export const blockersText = (blockers: readonly Blocker[]): string =>
  blockers.length ? ` behind ${blockers.map(blockerText).join('; ')}` : '';

const blockerText = ({ pid, user, application, state, transactionMs }: Blocker): string =>
  [
    `pid ${pid}`,
    user,
    application && `"${application}"`,
    state,
    transactionMs !== null && `for ${duration(transactionMs)}`,
  ]
    .filter(Boolean)
    .join(' ');
