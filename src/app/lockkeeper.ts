import { hostname } from 'node:os';
import { systemClock } from '../clock.ts';
import type { Connect } from '../database/database.ts';
import type { Emit, PhaseName } from '../events.ts';
import type { Settings } from '../journal/journal.ts';
import type { Plan } from '../plan/plan.ts';
import { applyMigration } from './apply-migration.ts';
import { approve } from './approve.ts';
import { listArchives, purgeArchive, restoreArchive } from './archive.ts';
import { pause, resume, tune } from './control.ts';
import type { Deps } from './deps.ts';
import { expectPhase } from './expect-phase.ts';
import { inspect } from './inspect.ts';
import { planMigration } from './plan-migration.ts';
import { acceptQuarantine, listQuarantine, retryQuarantine } from './quarantine.ts';
import { setReads } from './reads.ts';
import { rollbackMigration } from './rollback-migration.ts';
import { status } from './status.ts';
import { verify } from './verify.ts';

export interface LockkeeperOptions {
  /** Opens a session of its own each time it is called; see connectTo. */
  readonly connect: Connect;
  readonly config?: {
    /** Where `migrations` is looked for; the working directory unless given. */
    readonly cwd?: string;
    /** The folder of the migrations; `migrations` unless given. */
    readonly migrations?: string;
    /** The journal's schema in the database; `lockkeeper` unless given. */
    readonly journalSchema?: string;
    /** A person approves every phase. */
    readonly protected?: boolean;
  };
  readonly onEvent?: Emit;
  /** Aborted: what is at hand is finished, the outcome is `interrupted`, and the same call goes on later. */
  readonly signal?: AbortSignal;
}

interface Forward {
  readonly to?: PhaseName;
  readonly takeOver?: boolean;
}

/**
 * Every command as a function that returns what the command prints with --json. Reads no environment, prints nothing, never exits.
 * Fails with a LockkeeperError. Calling `apply` or `rollback` is the confirmation; gates stay closed until what they ask for holds.
 */
export function createLockkeeper({
  connect,
  config = {},
  onEvent = () => undefined,
  signal = new AbortController().signal,
}: LockkeeperOptions) {
  const deps: Deps = {
    connect,
    clock: systemClock,
    emit: onEvent,
    signal,
    config: {
      cwd: config.cwd ?? '.',
      migrations: config.migrations ?? 'migrations',
      journalSchema: config.journalSchema ?? 'lockkeeper',
      protected: config.protected ?? false,
    },
    self: { host: hostname(), process: process.pid },
  };
  const yes = () => Promise.resolve(true);
  return {
    plan: (migration: string) => planMigration(deps, { migration }),
    /** A migration by name or path, or a plan that was made before. */
    apply: (what: string | Plan, options: Forward = {}) =>
      applyMigration(deps, typeof what === 'string' ? { migration: what } : { plan: what }, {
        ...options,
        confirm: yes,
        confirmContract: () => Promise.resolve(false),
      }),
    rollback: (migration: string, options: Forward = {}) =>
      rollbackMigration(deps, { migration }, { ...options, confirm: yes }),
    status: (migration?: string) => status(deps, migration === undefined ? {} : { migration }),
    verify: (migration: string, options: { readonly repair?: boolean } = {}) =>
      verify(deps, { migration, repair: options.repair ?? false }),
    approve: (migration: string, gate: string, options: { readonly note?: string; readonly expiresMs?: number } = {}) =>
      approve(deps, { migration, gate, ...options }),
    /** How many percent of the keys read the new shape. */
    reads: (migration: string, percent: number) => setReads(deps, { migration, percent }),
    pause: (migration: string) => pause(deps, { migration }),
    resume: (migration: string) => resume(deps, { migration }),
    tune: (migration: string, settings: Settings) => tune(deps, { migration, settings }),
    inspect: (table: string, column?: string) =>
      inspect(deps, { table, ...(column === undefined ? {} : { column }), showValues: false }),
    expectPhase: (migration: string, phase: PhaseName, waitMs = 0) => expectPhase(deps, { migration, phase, waitMs }),
    quarantine: {
      list: (migration: string) => listQuarantine(deps, { migration, showValues: false }),
      retry: (migration: string) => retryQuarantine(deps, { migration }),
      accept: (migration: string, note?: string) =>
        acceptQuarantine(deps, { migration, ...(note === undefined ? {} : { note }) }),
    },
    archives: {
      list: () => listArchives(deps),
      restore: (id: number) => restoreArchive(deps, { id }),
      /** Drops the archive for good. */
      purge: (id: number) => purgeArchive(deps, { id, confirm: yes }),
    },
  };
}

export type Lockkeeper = ReturnType<typeof createLockkeeper>;
