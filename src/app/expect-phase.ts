import { phaseNames, type PhaseName } from '../events.ts';
import type { Deps } from './deps.ts';
import { journalOf } from './deps.ts';
import { nameOf } from './read-run.ts';

export interface ExpectDocument {
  readonly schema: 'lockkeeper.expect/1';
  readonly migration: string;
  readonly phase: PhaseName | null;
  readonly expected: PhaseName;
  readonly ok: boolean;
}

const EVERY_MS = 1000;

/** Whether a phase is done, for deploy scripts; with a wait, asks again until it is or the time is up. */
export async function expectPhase(
  deps: Deps,
  input: { readonly migration: string; readonly phase: PhaseName; readonly waitMs: number },
): Promise<ExpectDocument> {
  const migration = await nameOf(deps, input.migration);
  const journal = journalOf(deps);
  const until = deps.clock.now() + input.waitMs;
  for (;;) {
    const session = await deps.connect('read', migration);
    try {
      const run = (await journal.version(session)) === null ? null : await journal.run(session, migration);
      const phase = run?.phase ?? null;
      const ok = phase !== null && phaseNames.indexOf(phase) >= phaseNames.indexOf(input.phase);
      if (ok || deps.clock.now() >= until || deps.signal.aborted)
        return { schema: 'lockkeeper.expect/1', migration, phase, expected: input.phase, ok };
    } finally {
      await session.close();
    }
    await deps.clock.sleep(Math.min(EVERY_MS, Math.max(0, until - deps.clock.now())), deps.signal);
  }
}
