import type { ReadStream, WriteStream } from 'node:tty';
import pc from 'picocolors';
import { systemClock } from '../clock.ts';
import { interrupted } from '../backfill/errors.ts';
import { handleInterrupts } from './interrupts.ts';
import type { Region, Terminal } from './terminal.ts';

/** What of the process the program uses. */
export interface ProcessLike {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
  readonly env: Terminal['env'];
  readonly cwd: string;
  readonly self: Terminal['self'];
  readonly exit: Terminal['exit'];
  readonly leave: (code: number) => void;
  readonly onInterrupt: (listener: () => void) => void;
}

/** The terminal that the program was started at. */
export function processTerminal({ stdin, stdout, stderr, env, leave, onInterrupt, ...rest }: ProcessLike): Terminal {
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined); // a reader that left must not end a migration
  const color = wantsColor(stderr, env);
  const clock = systemClock;
  const err = (text: string) => void stderr.write(`${text}\n`);
  const interrupts = handleInterrupts({ onInterrupt, err, leave, clock });
  return {
    ...rest,
    ...interrupts,
    ...prompts(stdin, stderr, interrupts.signal),
    out: (text) => void stdout.write(`${text}\n`),
    err,
    input: async () => (await import('node:stream/consumers')).text(stdin),
    streams: { input: stdin, output: stdout },
    env,
    clock,
    color,
    region: async () => (stderr.isTTY ? liveRegion(stderr) : null),
    interactive: stdin.isTTY && stderr.isTTY,
    outIsTerminal: stdout.isTTY,
    outPaint: pc.createColors(wantsColor(stdout, env)),
    errPaint: pc.createColors(color),
  };
}

const wantsColor = ({ isTTY }: WriteStream, env: Terminal['env']): boolean => {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTTY && env['TERM'] !== 'dumb';
};

async function liveRegion(stderr: WriteStream): Promise<Region> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stderr);
  return {
    show: (text) => update(text),
    persist: (text) => update.persist(text),
    done: () => update.done(),
    clear: () => update.clear(),
  };
}

/** Questions go to stderr, so that stdout holds only what was asked for. */
function prompts(input: ReadStream, output: WriteStream, signal: AbortSignal): Pick<Terminal, 'ask' | 'confirm'> {
  return {
    ask: async (message) => {
      const { text: question, isCancel } = await import('@clack/prompts');
      const answer = await question({ message, input, output, signal });
      if (isCancel(answer)) throw interrupted();
      return answer;
    },
    confirm: async (message) => {
      const { confirm, isCancel } = await import('@clack/prompts');
      const answer = await confirm({ message, initialValue: false, input, output, signal });
      if (isCancel(answer)) throw interrupted();
      return answer;
    },
  };
}
