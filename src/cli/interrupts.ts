import type { Clock } from '../clock.ts';
import { EXIT, type Terminal } from './terminal.ts';

interface Process {
  /** Calls the listener for each SIGINT and SIGTERM. */
  readonly onInterrupt: (listener: () => void) => void;
  readonly err: (text: string) => void;
  /** Ends the program now. */
  readonly leave: (code: number) => void;
  readonly clock: Clock;
}

const PATIENCE_MS = 2000;

/** The first interrupt asks a run to finish what it is doing; the next, or the first of anything else, ends the program. */
export function handleInterrupts({
  onInterrupt,
  err,
  leave,
  clock,
}: Process): Pick<Terminal, 'signal' | 'finishOnInterrupt' | 'onAbandon'> {
  const controller = new AbortController();
  const { signal } = controller;
  const cleanups: (() => Promise<unknown>)[] = [];
  let notice: string | null = null;
  let abandoned = false;

  const abandon = async () => {
    if (abandoned) return leave(EXIT.interrupted);
    abandoned = true;
    const cleaned = Promise.allSettled(cleanups.map((work) => work()));
    await Promise.race([cleaned, clock.sleep(PATIENCE_MS)]);
    leave(EXIT.interrupted);
  };

  onInterrupt(() => {
    if (notice === null || signal.aborted) return void abandon();
    if (notice) err(notice);
    controller.abort();
  });

  return {
    signal,
    finishOnInterrupt: (text) => {
      notice = text;
    },
    onAbandon: (work) => void cleanups.push(work),
  };
}
