import type { Clock } from '../clock.ts';
import type { Connect } from '../database/database.ts';
import type { Emit } from '../events.ts';
import { Journal } from '../journal/journal.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The workspaces of a project. */
export interface Pages {
  /** By its name, as the configuration has it: `files:docs`. */
  readonly open: (workspace: string) => Workspace;
  /** Whether pages are updated by themselves after each phase. */
  readonly follow: boolean;
}

/** Everything a use case may touch. Nothing in here reads the environment, prints or exits. */
export interface Deps {
  readonly connect: Connect;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Where migrations are looked for, and the journal's schema. */
  readonly config: {
    readonly cwd: string;
    readonly migrations: string;
    readonly journalSchema: string;
    readonly protected: boolean;
  };
  /** Where plans and tasks are published; absent where nothing is. */
  readonly pages?: Pages;
  /** Who we are, for the journal. */
  readonly self: { readonly host: string; readonly process: number };
}

export const journalOf = (deps: Deps): Journal => new Journal(deps.config.journalSchema);
