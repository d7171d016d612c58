import type { Clock } from '../clock.ts';
import type { Paint } from '../report/text.ts';

/** A part of the screen that is drawn again and again. */
export interface Region {
  readonly show: (text: string) => void;
  /** Stays above the part that changes. */
  readonly persist: (text: string) => void;
  /** Leaves what is shown and goes on below it. */
  readonly done: () => void;
  readonly clear: () => void;
}

/** Everything a command may touch. Tests pass a fake; `main.ts` passes the real one. */
export interface Terminal {
  /** A line, or several, on stdout: what was asked for. */
  readonly out: (text: string) => void;
  /** On stderr: progress, questions and errors. */
  readonly err: (text: string) => void;
  /** On stderr; null when that is no terminal. Most commands draw nothing, and do without loading it. */
  readonly region: () => Promise<Region | null>;
  /** A person can be asked. */
  readonly interactive: boolean;
  readonly outIsTerminal: boolean;
  readonly color: boolean;
  readonly outPaint: Paint;
  readonly errPaint: Paint;
  /** What a person typed; throws INTERRUPTED when they gave up. */
  readonly ask: (question: string) => Promise<string>;
  readonly confirm: (question: string) => Promise<boolean>;
  /** All that comes on stdin. */
  readonly input: () => Promise<string>;
  /** For a protocol: nothing else may be written to them. */
  readonly streams: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  readonly self: { readonly host: string; readonly process: number };
  /** Aborted by the first interrupt of a command that called `finishOnInterrupt`. */
  readonly signal: AbortSignal;
  /** From now on the first interrupt is a request to finish what is going on; otherwise it ends the program. */
  readonly finishOnInterrupt: (notice: string) => void;
  /** What to do, briefly, when an interrupt ends the program. */
  readonly onAbandon: (work: () => Promise<unknown>) => void;
  readonly exit: (code: ExitCode) => void;
}

export const EXIT = { ok: 0, failed: 1, usage: 2, refused: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
