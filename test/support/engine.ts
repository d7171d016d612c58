import { applyMigration, type ApplyOptions } from '../../src/app/apply-migration.ts';
import { approve } from '../../src/app/approve.ts';
import type { RunDocument } from '../../src/app/documents.ts';
import type { Deps } from '../../src/app/deps.ts';
import { acceptQuarantine } from '../../src/app/quarantine.ts';
import { rollbackMigration } from '../../src/app/rollback-migration.ts';
import { systemClock } from '../../src/clock.ts';
import type { Connect } from '../../src/database/database.ts';
import type { Event, PhaseName } from '../../src/events.ts';

/** The use cases as a test drives them: everything confirmed, events kept. */
export function engineOn(connect: Connect, migration: string, change: Partial<Deps> = {}) {
  const events: Event[] = [];
  const deps: Deps = {
    connect,
    clock: systemClock,
    emit: (event) => void events.push(event),
    signal: new AbortController().signal,
    config: { cwd: process.cwd(), migrations: 'examples', journalSchema: 'lockkeeper', protected: false },
    self: { host: 'test', process: process.pid },
    ...change,
  };
  const yes: ApplyOptions = { confirm: () => Promise.resolve(true), confirmContract: () => Promise.resolve(false) };
  return {
    deps,
    events,
    apply: (to?: PhaseName, options: Partial<ApplyOptions> = {}): Promise<RunDocument> =>
      applyMigration(deps, { migration }, { ...yes, ...(to ? { to } : {}), ...options }),
    rollback: (to?: PhaseName): Promise<RunDocument> =>
      rollbackMigration(deps, { migration }, { confirm: yes.confirm, ...(to ? { to } : {}) }),
    /** Opens every gate that a person opens. */
    approveAll: async (): Promise<void> => {
      for (const gate of ['contract-approval', 'old-shape-unused', 'new-code-gone', 'backup'])
        await approve(deps, { migration, gate });
    },
    accept: () => acceptQuarantine(deps, { migration }),
  };
}
