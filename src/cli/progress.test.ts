import { expect, it } from 'vitest';
import { fakeTerminal } from '../../test/support/fake-terminal.ts';
import type { Event } from '../events.ts';
import { noPaint } from '../report/text.ts';
import { advance, firstView, renderLive } from './live-view.ts';
import { progressLine } from './progress-lines.ts';
import { showProgress } from './progress.ts';

const rows = (rowsDone: number): Event => ({
  ...{ type: 'backfill.progressed', mapping: 'u.p', rowsDone, rowsTotal: 1000, rowsPerSecond: 100 },
  ...{ secondsLeft: (1000 - rowsDone) / 100, throttle: null },
});

const events: readonly Event[] = [
  { type: 'run.started', migration: 'm', planHash: '0123456789abcdef', to: 'switch', direction: 'forward' },
  { type: 'phase.started', phase: 'backfill', direction: 'forward' },
  { type: 'step.started', step: 'backfill/01-copy', title: 'Copy', kind: 'backfill', direction: 'forward' },
  {
    ...{ type: 'step.waiting', step: 'backfill/01-copy', attempt: 1, because: 'a lock is taken', nextTryMs: 500 },
    blockers: [{ pid: 7, user: 'app', application: 'web\nx', state: 'idle in transaction', transactionMs: 2000 }],
  },
  rows(500),
];

it('writes a line for what matters, and about rows only now and then', async () => {
  let now = 0;
  const terminal = fakeTerminal({ clock: { now: () => now, sleep: () => Promise.resolve() } });
  const { emit } = await showProgress(terminal, false);
  events.forEach(emit);
  for (const [at, done] of [
    [1000, 600],
    [4999, 700],
    [5000, 800],
    [5001, 900],
    [5002, 1000],
  ] as const) {
    now = at;
    emit(rows(done));
  }
  expect(terminal.said).toEqual([
    'm: forward to switch, plan 0123456789ab',
    'phase backfill',
    'backfill/01-copy: waits, a lock is taken behind pid 7 app "web x" idle in transaction for 2.0 s; try 2 in 500 ms',
    'u.p: 500 of 1,000 rows, 100 rows/s, 5.0 s left',
    'u.p: 800 of 1,000 rows, 100 rows/s, 2.0 s left',
    'u.p: 1,000 of 1,000 rows, 100 rows/s',
  ]);
  expect(terminal.printed).toEqual([]);
});

it('says of a phase whether it is done or taken back', () => {
  const phase = (direction: 'forward' | 'back') =>
    progressLine({ type: 'phase.finished', phase: 'switch', direction, ms: 5000 });
  expect([phase('forward'), phase('back')]).toEqual([
    'phase switch is done in 5.0 s',
    'phase switch is taken back in 5.0 s',
  ]);
});

it('prints every event as one line of JSON when that was asked for', async () => {
  const terminal = fakeTerminal();
  const { emit } = await showProgress(terminal, true);
  events.forEach(emit);
  expect(terminal.printed.map((line) => JSON.parse(line) as unknown)).toEqual(
    events.map((event) => ({ schema: 'lockkeeper.event/1', at: '1970-01-01T00:00:00.000Z', ...event })),
  );
  expect(terminal.said).toEqual([]);
});

it('draws where the run is', () => {
  const view = events.slice(0, 4).reduce(advance, firstView);
  expect(renderLive(view, noPaint)).toBe(
    'backfill  backfill/01-copy\nwaits: a lock is taken behind pid 7 app "web x" idle in transaction for 2.0 s',
  );
  expect(renderLive(advance(view, rows(500)), noPaint)).toBe(
    `backfill  backfill/01-copy\n${'█'.repeat(15)}${'░'.repeat(15)}   50 %  500 of 1,000 rows  100 rows/s  5.0 s left`,
  );
});

it('keeps finished steps above the part of the screen that changes', async () => {
  const [kept, shown]: [string[], string[]] = [[], []];
  const nothing = () => undefined;
  const region = {
    show: (t: string) => void shown.push(t),
    persist: (t: string) => void kept.push(t),
    done: nothing,
    clear: nothing,
  };
  const { emit } = await showProgress(fakeTerminal({ region: () => Promise.resolve(region) }), false);
  events.forEach(emit);
  emit({
    ...{ type: 'step.finished', step: 'backfill/01-copy', attempts: 2, ms: 10, lockWaitMs: 4, lockHeldMs: 2 },
    direction: 'forward',
  });
  expect(kept).toEqual(['  ✓ backfill/01-copy in 10 ms (lock waited 4 ms, held 2 ms, 2 tries)']);
  expect(shown.at(-1)).toBe('backfill');
});
