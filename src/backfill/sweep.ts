import type { Session } from '../database/database.ts';
import { isConnectionLost, isPassing, isValueError } from '../database/sqlstate.ts';
import type { PlannedMapping } from '../plan/plan.ts';
import { isStopping, type RunContext } from './context.ts';
import { drainOnce } from './drain.ts';
import { untilHad } from './give-way.ts';
import { openSweeps, PageRanges, type Direction, type Sweep } from './pages.ts';
import { Progress } from './progress.ts';
import { LeafRewritten, NotOurTurn, runChunk } from './run-chunk.ts';
import { LoadWatch, Pace, withSettings, type Limits } from './throttle.ts';
import { Turns } from './turns.ts';
import { Vacuum } from './vacuum.ts';
import { openWorkSession } from './work-session.ts';

const FIRST_PAGES = 64;
/** After a chunk that raised, so many are done carefully before the fast way is tried again. */
const CAREFUL_CHUNKS = 20;
const MAX_PAGES = 4096;
/** Under a cap, a chunk is what may be copied in so much time. */
const EVEN_MS = 40;
const MAX_TRIES = 60;
/** As many captured writes are drained in seconds once the copy is done. */
const DRAIN_FROM = 100_000;
const BATCHES_AT_ONCE = 20;

interface Work {
  readonly c: RunContext;
  readonly mapping: PlannedMapping;
  readonly direction: Direction;
  readonly fireTriggers: boolean;
  readonly ranges: PageRanges;
  readonly turns: Turns;
  readonly progress: Progress;
  readonly pace: Pace;
  /** Null where nothing is updated in place. */
  readonly vacuum: Vacuum | null;
  limits: Limits;
  paused: boolean;
  readonly running: Set<Promise<void>>;
  pages: number;
  careful: number;
  failed: unknown;
  misfits: number;
}

/**
 * Visits every page of a mapping's source once, with several sessions, until the journal says that all are done or the signal aborts.
 * Goes on where an earlier one stopped.
 */
export async function sweep(
  c: RunContext,
  mapping: PlannedMapping,
  direction: Direction,
  limits: Limits,
  fireTriggers: boolean,
): Promise<void> {
  for (;;) {
    const watch = await openWorkSession(c, 'drain', true);
    try {
      const sweeps = await untilHad(c, () => openSweeps(c, watch, mapping, direction));
      if (sweeps.every((s) => !s.open.length)) return;
      await visit(c, mapping, direction, limits, fireTriggers, sweeps, watch);
      if (isStopping(c)) return;
    } finally {
      await watch.close();
    }
  }
}

/** Ends when there is no more to do, but also when a leaf was rewritten meanwhile, or too many workers left at once. */
async function visit(
  c: RunContext,
  mapping: PlannedMapping,
  direction: Direction,
  limits: Limits,
  fireTriggers: boolean,
  sweeps: readonly Sweep[],
  watch: Session,
): Promise<void> {
  const sum = (of: (s: Sweep) => number) => sweeps.reduce((total, s) => total + of(s), 0);
  const work: Work = {
    c,
    mapping,
    direction,
    fireTriggers,
    ranges: new PageRanges(sweeps),
    turns: new Turns(),
    progress: new Progress(
      c.emit,
      c.clock,
      mapping.id,
      sum((s) => s.rowsDone),
      sum((s) => s.rowsTotal),
    ),
    pace: new Pace(),
    vacuum: mapping.kind === 'column' || direction === 'back' ? new Vacuum(sum((s) => s.pages)) : null,
    limits,
    paused: false,
    running: new Set(),
    pages: FIRST_PAGES,
    careful: 0,
    failed: null,
    misfits: 0,
  };
  const over = new AbortController();
  const tending = tend(work, watch, over.signal).catch((error: unknown) => fail(work, error));
  const { settings } = await c.journal.controls(c.session, c.run.id);
  work.limits = withSettings(limits, settings);
  startWorkers(work);
  while (work.running.size > 0) await Promise.race(work.running);
  over.abort();
  await tending;
  work.progress.tell();
  if (work.misfits) c.emit({ type: 'quarantine.found', mapping: mapping.id, rows: work.misfits });
  if (work.failed && !(work.failed instanceof LeafRewritten))
    throw work.failed instanceof Error ? work.failed : new Error('A worker failed.');
}

/** As many as are wanted now; those that are too many end after their chunk. */
function startWorkers(work: Work): void {
  while (work.running.size < work.limits.workers && !work.failed) {
    const worker: Promise<void> = runWorker(work)
      .catch((error: unknown) => fail(work, error))
      .finally(() => work.running.delete(worker));
    work.running.add(worker);
  }
}

function fail(work: Work, error: unknown): void {
  work.failed ??= error;
}

async function runWorker(work: Work): Promise<void> {
  const { c, ranges } = work;
  let session: Session | null = null;
  let tries = 0;
  try {
    while (!c.signal.aborted && !work.failed && work.running.size <= work.limits.workers) {
      if (work.paused) {
        await c.clock.sleep(100, c.signal);
        continue;
      }
      const range = ranges.take(Math.max(1, Math.round(work.pages)));
      if (!range) return;
      try {
        session ??= await openWorkSession(c, 'worker', work.fireTriggers);
        await visitRange(work, session, range);
        tries = 0;
      } catch (error) {
        ranges.putBack(range);
        if (isConnectionLost(error)) {
          await session?.close().catch(() => undefined);
          session = null;
        } else if (!isPassing(error) && !(error instanceof NotOurTurn)) throw error;
        if (++tries > MAX_TRIES) throw error;
        work.pages = Math.max(1, work.pages / 2);
        await c.clock.sleep(Math.min(2000, 20 * 1.3 ** tries) * (0.5 + Math.random()), c.signal);
      }
    }
  } finally {
    await session?.close().catch(() => undefined);
  }
}

async function visitRange(work: Work, session: Session, range: Parameters<typeof runChunk>[4]): Promise<void> {
  const { c, turns, progress, pace, limits } = work;
  const started = c.clock.now();
  const result = await turns.chunk(() => chunkOrCarefully(work, session, range));
  adapt(work, c.clock.now() - started, { pages: range.end - range.first, rows: result.rows });
  work.misfits += result.misfits;
  progress.add(result.rows);
  await work.vacuum?.whenDue(session, range.sweep.leaf, range.end - range.first, c.signal);
  await c.clock.sleep(pace.delay(result.rows, limits.maxRowsPerSecond, c.clock.now()), c.signal);
}

/** The fast statement, until a value raises; then the careful one for a while. */
async function chunkOrCarefully(work: Work, session: Session, range: Parameters<typeof runChunk>[4]) {
  const { c, mapping, direction } = work;
  if (direction === 'back') return await runChunk(c, session, mapping, direction, range, mapping.revive);
  if (work.careful === 0 || mapping.chunkCarefully === null)
    try {
      return await runChunk(c, session, mapping, direction, range, [mapping.chunk]);
    } catch (error) {
      if (mapping.chunkCarefully === null || !isValueError(error)) throw error;
      work.careful = CAREFUL_CHUNKS;
    }
  work.careful = Math.max(0, work.careful - 1);
  return await runChunk(c, session, mapping, direction, range, [mapping.chunkCarefully]);
}

/**
 * A chunk's length is what the application may have to wait: pages follow it. Under a cap they are few besides: an application's
 * commit waits until the WAL before it is on disk, and that of a large chunk comes all at once.
 */
function adapt(work: Work, tookMs: number, visited: { readonly pages: number; readonly rows: number }): void {
  const { chunkMs, maxRowsPerSecond } = work.limits;
  const factor = Math.min(2, Math.max(0.5, chunkMs / Math.max(1, tookMs)));
  const even =
    maxRowsPerSecond === null
      ? MAX_PAGES
      : (maxRowsPerSecond * EVEN_MS * visited.pages) / (1000 * Math.max(1, visited.rows));
  work.pages = Math.max(1, Math.min(MAX_PAGES, even, work.pages * (0.5 + 0.5 * factor)));
}

/** Beside the workers: follows what people change, looks at the server's load, drains what was captured. */
async function tend(work: Work, session: Session, over: AbortSignal): Promise<void> {
  const load = new LoadWatch();
  for (;;) {
    await work.c.clock.sleep(500, over);
    if (isStopping({ signal: over })) return;
    await untilHad(work.c, () => follow(work, session, load));
    await untilHad(work.c, () => drainBeside(work, session));
  }
}

async function follow(work: Work, session: Session, load: LoadWatch): Promise<void> {
  const { c, progress, ranges } = work;
  const { paused, settings } = await c.journal.controls(session, c.run.id);
  work.limits = withSettings(work.limits, settings);
  const reason = paused ? 'paused' : await load.reason(session, work.limits, c.clock.now());
  const wasPaused = progress.throttle === 'paused';
  if (paused !== wasPaused) c.emit({ type: paused ? 'run.paused' : 'run.resumed', migration: c.run.migration });
  // Somebody waits for a chunk: smaller ones, not none.
  if (reason === 'lock-waits') work.pages = Math.max(1, work.pages / 2);
  work.paused = reason !== null && reason !== 'lock-waits';
  if (!ranges.isEmpty) startWorkers(work);
  progress.throttle = reason ?? (work.limits.maxRowsPerSecond === null ? null : 'rows-per-second');
  // While it is paused nothing else says why.
  if (work.paused) progress.add(0);
}

/** A row that is drained before its chunk comes is copied twice, and carefully: so only when the list gets long. */
async function drainBeside({ c, mapping, turns }: Work, session: Session): Promise<void> {
  if (mapping.drain === null) return;
  const pending = await c.journal.pendingAtMost(session, c.run.migration, mapping.id);
  if (pending < DRAIN_FROM) return;
  let drained = 0;
  for (let batch = 0; batch < BATCHES_AT_ONCE; batch++)
    drained += (await turns.drain(() => drainOnce(c, session, mapping))) ?? 0;
  c.emit({ type: 'drain.progressed', mapping: mapping.id, drained, pending: Math.max(0, pending - drained) });
}
