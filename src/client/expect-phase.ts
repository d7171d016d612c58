import { type Clock, systemClock } from './clock.ts';
import { type Answer, includes, type Phase, type Query, readAnswer } from './query.ts';

const ASK_AGAIN_MS = 500;

/** The migration is not as far as this version of the application needs it to be. */
export class PhaseNotReachedError extends Error {
  override readonly name = 'PhaseNotReachedError';
  readonly code = 'PHASE_NOT_REACHED';
}

/** For the start of an application: resolves once a phase is done, rejects when it is not within `waitMs`. */
export async function expectPhase(
  options: { readonly query: Query; readonly journal?: string; readonly clock?: Clock },
  name: string,
  phase: Phase,
  { waitMs = 0 }: { readonly waitMs?: number } = {},
): Promise<void> {
  const { query, journal = 'lockkeeper', clock = systemClock } = options;
  const deadline = clock.now() + waitMs;
  for (;;) {
    const answer = await readAnswer(query, journal, name).catch((cause: unknown) => ({ cause }));
    if ('phase' in answer && includes(answer.phase, phase)) return;
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) throw notReached(name, phase, answer);
    await new Promise<void>((resolve) => clock.after(Math.min(ASK_AGAIN_MS, leftMs), resolve));
  }
}

const notReached = (name: string, phase: Phase, answer: Answer | { readonly cause: unknown }) =>
  'cause' in answer
    ? new PhaseNotReachedError(`Could not ask how far the migration "${name}" is.`, { cause: answer.cause })
    : new PhaseNotReachedError(
        `The migration "${name}" has not reached ${phase}: ${answer.phase ? `it is at ${answer.phase}` : 'it has not begun'}. ` +
          `Run \`lockkeeper apply ${name} --to ${phase}\` first.`,
      );
