import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyMigration } from '../src/app/apply-migration.ts';
import type { Deps } from '../src/app/deps.ts';
import { planMigration } from '../src/app/plan-migration.ts';
import { systemClock } from '../src/clock.ts';
import type { Event, PhaseName } from '../src/events.ts';
import { writeFlagship } from '../src/demo/flagship.ts';
import type { Bench } from './server.ts';

export type Listener = (event: Event) => void;

/** The product's use cases on one migration file, every question answered with yes. */
export function productOn({ connect, run }: Pick<Bench, 'connect' | 'run'>, migration: string) {
  const deps = (emit: Listener, signal: AbortSignal): Deps => ({
    connect,
    clock: systemClock,
    emit,
    signal,
    config: { cwd: process.cwd(), migrations: '.', journalSchema: 'lockkeeper', protected: false },
    self: { host: 'bench', process: process.pid },
  });
  const yes = { confirm: () => Promise.resolve(true), confirmContract: () => Promise.resolve(false) };
  const never = new AbortController().signal;
  return {
    plan: () =>
      planMigration(
        deps(() => undefined, never),
        { migration },
      ),
    apply: async (to: PhaseName, emit: Listener = () => undefined, signal: AbortSignal = never): Promise<void> => {
      const { outcome, closedGates } = await applyMigration(deps(emit, signal), { migration }, { ...yes, to });
      if (outcome === 'waiting') throw new Error(`It stopped at a gate: ${closedGates.map((g) => g.why).join('; ')}`);
    },
    /** As if the migration had never been: our schema takes its triggers with it. */
    forget: (tables: readonly string[]) =>
      run(`DROP TABLE IF EXISTS ${tables.join(', ')}; DROP SCHEMA IF EXISTS lockkeeper CASCADE`),
  };
}

/** A folder with the flagship, its backfill set as asked. Removed by `remove`. */
export async function flagshipFile(backfill: string) {
  const folder = await mkdtemp(join(tmpdir(), 'lockkeeper-bench-'));
  const path = await writeFlagship(folder);
  await appendFile(path, `${backfill}\n`);
  return { path, remove: () => rm(folder, { recursive: true }) };
}

/** A folder with one migration. */
export async function migrationFile(name: string, text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'lockkeeper-bench-'));
  const path = join(folder, `${name}.yaml`);
  await writeFile(path, text);
  return { path, remove: () => rm(folder, { recursive: true }) };
}

/** Collects how long the backfill phase and each of its steps took. */
export function timePhase(phase: PhaseName) {
  const steps: { readonly step: string; readonly ms: number }[] = [];
  let total = NaN;
  return {
    listen: (event: Event) => {
      if (event.type === 'step.finished' && event.step.startsWith(`${phase}/`))
        steps.push({ step: event.step, ms: event.ms });
      if (event.type === 'phase.finished' && event.phase === phase) total = event.ms;
    },
    total: () => total,
    steps,
  };
}
