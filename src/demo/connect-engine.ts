import { applyMigration } from '../app/apply-migration.ts';
import { approve } from '../app/approve.ts';
import type { Deps } from '../app/deps.ts';
import { acceptQuarantine, listQuarantine } from '../app/quarantine.ts';
import { rollbackMigration } from '../app/rollback-migration.ts';
import { verify } from '../app/verify.ts';
import type { Event } from '../events.ts';
import type { DemoEngine } from './demo-engine.ts';
import { flagshipName } from './flagship.ts';

/** The product itself, as the demonstration drives it: the same use cases that the commands call. */
export function connectEngine(deps: Omit<Deps, 'emit'>, migration: string): DemoEngine {
  const listeners: ((event: Event) => void)[] = [];
  const bound: Deps = { ...deps, emit: (event) => listeners.forEach((listen) => listen(event)) };
  const yes = () => Promise.resolve(true);
  return {
    apply: async (to) => {
      const { outcome, closedGates } = await applyMigration(
        bound,
        { migration },
        { to, confirm: yes, confirmContract: () => Promise.resolve(false) },
      );
      return {
        outcome: outcome === 'reached' ? 'reached' : 'waiting',
        closedGates: closedGates.map(({ id, gate, why }) => ({ step: id, gate, why })),
      };
    },
    rollback: async (to) => {
      await rollbackMigration(bound, { migration }, { to, confirm: yes });
    },
    verify: async () => {
      const { ok, mappings } = await verify(bound, { migration: flagshipName, repair: false });
      return {
        ok,
        parity: mappings.map(({ title, compared, missing, extra, stale, quarantined }) => ({
          title,
          compared,
          missing,
          extra,
          stale,
          quarantined,
        })),
        lossless: mappings.flatMap((m) =>
          m.columns.map(({ column, exact, defaultFilled, lost }) => ({
            column,
            exact,
            defaultFilledIn: defaultFilled,
            lost,
          })),
        ),
      };
    },
    quarantine: {
      list: async () => ({ open: (await listQuarantine(bound, { migration: flagshipName, showValues: false })).open }),
      accept: async () =>
        (await acceptQuarantine(bound, { migration: flagshipName, note: 'Accepted by the demonstration.' })).accepted,
    },
    approve: async (gate, note) => {
      await approve(bound, { migration: flagshipName, gate, note });
    },
    onEvent: (listener) => void listeners.push(listener),
  };
}
