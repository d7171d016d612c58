import type { Settings } from '../journal/journal.ts';
import type { Deps } from './deps.ts';
import { onRun } from './read-run.ts';

export interface SettingsDocument {
  readonly schema: 'lockkeeper.settings/1';
  readonly migration: string;
  readonly paused: boolean;
  readonly settings: Settings;
}

/** The backfill stops after the chunks at hand, and waits. */
export const pause = (deps: Deps, input: { readonly migration: string }): Promise<SettingsDocument> =>
  change(deps, input.migration, { paused: true });

export const resume = (deps: Deps, input: { readonly migration: string }): Promise<SettingsDocument> =>
  change(deps, input.migration, { paused: false });

/** A running backfill follows within a second. */
export const tune = (
  deps: Deps,
  input: { readonly migration: string; readonly settings: Settings },
): Promise<SettingsDocument> => change(deps, input.migration, { settings: input.settings });

const change = (
  deps: Deps,
  migration: string,
  to: { readonly paused?: boolean; readonly settings?: Settings },
): Promise<SettingsDocument> =>
  onRun(deps, migration, 'watch', async (session, run, journal) => {
    if (to.paused !== undefined) await journal.setPaused(session, run.migration, to.paused);
    const settings = to.settings ? await journal.tune(session, run.migration, to.settings) : run.settings;
    return {
      schema: 'lockkeeper.settings/1',
      migration: run.migration,
      paused: to.paused ?? run.paused,
      settings: settings ?? run.settings,
    };
  });
