import type { RunContext } from '../backfill/context.ts';
import { interrupted } from '../backfill/errors.ts';
import { untilHad } from '../backfill/give-way.ts';
import { defaultLimits, type Limits } from '../backfill/throttle.ts';
import { readServer } from '../catalog/read-server.ts';
import { LockkeeperError } from '../errors.ts';
import type { Session } from '../database/database.ts';
import type { Event, PhaseName } from '../events.ts';
import { openExecutor } from '../execute/executor.ts';
import type { Outcome } from '../execute/forward.ts';
import type { Journal, Run } from '../journal/journal.ts';
import { turnNotHad } from '../execute/errors.ts';
import { FROZEN_MS } from '../execute/run-sql-step.ts';
import { runNotFound } from '../journal/errors.ts';
import { followUps, toMigration, type MigrationDocument } from '../migration/migration.ts';
import type { RunDocument } from './documents.ts';
import { sql } from '../sql/sql.ts';
import { journalOf, type Deps } from './deps.ts';
import { type Followed, followPages } from './follow-pages.ts';

export interface RunWork {
  readonly context: RunContext;
  readonly run: Run;
  readonly limits: Limits;
  readonly fireTriggers: boolean;
}

interface Asked {
  readonly migration: string;
  readonly direction: 'forward' | 'back';
  readonly to: PhaseName;
  readonly takeOver: boolean;
  /** Under the lock, in the transaction that claims the run: stores or checks it. */
  readonly prepare: (session: Session, journal: Journal) => Promise<void>;
}

/** Holds the migration while `work` runs it, keeps its events in the journal, and leaves the run in a state that tells how it ended. Published pages follow. */
export async function withRun(deps: Deps, asked: Asked, work: (w: RunWork) => Promise<Outcome>): Promise<RunDocument> {
  const pages = followPages(deps, asked.migration);
  try {
    return await holding(deps, asked, work, pages);
  } finally {
    await pages.finish();
  }
}

async function holding(
  deps: Deps,
  asked: Asked,
  work: (w: RunWork) => Promise<Outcome>,
  pages: Followed,
): Promise<RunDocument> {
  const journal = journalOf(deps);
  const started = deps.clock.now();
  const session = await openExecutor(deps.connect, journal, asked.migration, {
    takeOver: asked.takeOver,
    clock: deps.clock,
  });
  try {
    await journal.install(session);
    const server = await readServer(session);
    const run = await begin(deps, session, journal, asked);
    await using events = await keepEvents(deps, journal, run, pages);
    events.emit({
      type: 'run.started',
      migration: run.migration,
      planHash: run.planHash,
      to: asked.to,
      direction: asked.direction,
    });
    const context: RunContext = {
      session,
      connect: deps.connect,
      journal,
      emit: events.emit,
      clock: deps.clock,
      signal: deps.signal,
      run,
      plan: run.plan,
      deadlockTimeoutMs: server.deadlockTimeoutMs,
      maySetDeadlockTimeout: server.maySetDeadlockTimeout,
    };
    const { backfill } = toMigration(run.plan.document as MigrationDocument);
    const limits = {
      ...defaultLimits,
      workers: backfill.workers,
      chunkMs: backfill.chunkMs,
      maxRowsPerSecond: backfill.maxRowsPerSecond,
    };
    const outcome = await finishing(context, events.emit, started, () =>
      work({ context, run, limits, fireTriggers: backfill.fireTriggers }),
    );
    const { phase: after } = await journal.progress(session, run);
    return {
      schema: 'lockkeeper.run/1',
      migration: run.migration,
      planHash: run.planHash,
      direction: asked.direction,
      outcome: outcome.outcome,
      phase: after,
      closedGates: outcome.outcome === 'waiting' ? outcome.closed.map((g) => ({ ...g })) : [],
      next: outcome.outcome === 'reached' && after === 'contract' ? nextOf(run) : [],
      ms: deps.clock.now() - started,
    };
  } finally {
    await session.close().catch(() => undefined);
  }
}

const TURN_MS = 30_000;

/** One program at a time looks what is open and claims its run: two that look at once would both find the table free. The turn is tried, and never waited for in the server. */
async function begin(
  { clock, self, signal }: Deps,
  session: Session,
  journal: Journal,
  { migration, prepare }: Asked,
): Promise<Run> {
  const until = clock.now() + TURN_MS;
  for (;;) {
    if (signal.aborted) throw interrupted();
    const begun = await untilHad({ clock, signal, run: { migration } }, () =>
      session.transaction(async () => {
        await session.execute(sql`SET LOCAL idle_in_transaction_session_timeout = ${`${FROZEN_MS}ms`}`);
        // Reading the catalog keeps locks on partitions: it gives way before who waits for one of them finds a deadlock.
        await session.execute(sql`SET LOCAL lock_timeout = '100ms'`);
        if (!(await journal.takeTurn(session))) return null;
        await prepare(session, journal);
        const found = await journal.run(session, migration);
        if (!found) throw runNotFound(migration);
        const owner = { host: self.host, process: self.process, backend: session.pid };
        return { ...found, token: await journal.claim(session, found.id, owner) };
      }),
    );
    if (begun) return begun;
    if (clock.now() > until) throw turnNotHad(migration);
    await clock.sleep(20, signal);
  }
}

const nextOf = (run: Run): readonly string[] =>
  followUps(toMigration(run.plan.document as MigrationDocument)).map((f) => f.migration.name);

/** The run's state always tells how it ended, also when it ended badly. */
const untilInterrupted = (work: () => Promise<Outcome>): Promise<Outcome> =>
  work().catch((error: unknown) => {
    if (error instanceof LockkeeperError && error.code === 'INTERRUPTED') return { outcome: 'interrupted' };
    throw error;
  });

async function finishing(
  c: RunContext,
  emit: (event: Event) => void,
  started: number,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const finished = async (outcome: 'reached' | 'waiting' | 'interrupted' | 'failed') => {
    const progress = await c.journal.progress(c.session, c.run).catch(() => null);
    const phase = progress?.phase ?? null;
    emit({ type: 'run.finished', migration: c.run.migration, outcome, phase, ms: c.clock.now() - started });
  };
  try {
    const outcome = await untilInterrupted(work);
    const reason =
      outcome.outcome === 'waiting'
        ? outcome.closed.map((g) => `${g.gate}: ${g.why}`).join('; ')
        : outcome.outcome === 'interrupted'
          ? 'interrupted'
          : null;
    const { phase: now } = await c.journal.progress(c.session, c.run);
    const last = c.plan.phases.at(-1)?.name;
    const state =
      outcome.outcome !== 'reached' ? 'waiting' : now === null ? 'rolledBack' : now === last ? 'done' : 'waiting';
    await c.journal.setState(c.session, c.run, { state, reason, release: true });
    await finished(outcome.outcome);
    return outcome;
  } catch (error) {
    await c.journal
      .setState(c.session, c.run, {
        state: 'failed',
        reason: error instanceof Error ? error.message : String(error),
        release: true,
      })
      .catch(() => undefined);
    await finished('failed');
    throw error;
  }
}

/** Events reach the listener at once and the journal in order, over a session of their own. A listener that throws stops nothing. */
async function keepEvents(deps: Deps, journal: Journal, run: Run, pages: Followed) {
  const session = await deps.connect('watch', run.migration);
  let written: Promise<unknown> = Promise.resolve();
  return {
    emit: (event: Event) => {
      try {
        deps.emit(event);
      } catch {
        // A listener only looks on.
      }
      written = written
        .then(() => journal.recordEvent(session, run.id, event))
        .catch(() => undefined)
        .then(() => pages.recorded(event));
    },
    async [Symbol.asyncDispose]() {
      await written;
      await session.close();
    },
  };
}
