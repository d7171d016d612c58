import type { Preview } from '../app/apply-migration.ts';
import type { Deps } from '../app/deps.ts';
import type { RunDocument } from '../app/documents.ts';
import { renderRun } from '../report/render-run.ts';
import { confirmStart } from './confirm-start.ts';
import { openDeps } from './open-deps.ts';
import { type FormatFlags, formatOf } from './options.ts';
import { showProgress } from './progress.ts';
import type { ConnectionFlags } from './settings.ts';
import { EXIT, type ExitCode, type Terminal } from './terminal.ts';

export type RunFlags = FormatFlags & ConnectionFlags & { readonly yes?: true; readonly takeOver?: true };

interface Running {
  readonly deps: Deps;
  readonly rest: () => void;
  readonly confirm: (preview: Preview) => Promise<boolean>;
}

const exitCodes: Readonly<Record<RunDocument['outcome'], ExitCode>> = {
  reached: EXIT.ok,
  waiting: EXIT.refused,
  interrupted: EXIT.interrupted,
};

/** What apply and rollback share: the question before, progress meanwhile, the document and the exit code afterwards. */
export async function runCommand(
  terminal: Terminal,
  verb: 'apply' | 'rollback',
  flags: RunFlags,
  work: (running: Running) => Promise<RunDocument>,
): Promise<void> {
  const asJson = formatOf(flags) === 'json';
  const { emit, rest } = await showProgress(terminal, asJson);
  const { deps, target } = await openDeps(terminal, flags, emit);
  const ask = confirmStart(terminal, { verb, host: `${target.host}:${target.port}`, yes: flags.yes ?? false });
  const confirm = async (preview: Preview) => {
    const confirmed = await ask(preview);
    if (confirmed)
      terminal.finishOnInterrupt('Finishing what is running, then it stops; press Ctrl-C again to cancel it.');
    return confirmed;
  };
  const document = await work({ deps, rest, confirm }).finally(rest);
  terminal.out(asJson ? JSON.stringify(document) : renderRun(document, terminal.outPaint));
  terminal.exit(exitCodes[document.outcome]);
}
