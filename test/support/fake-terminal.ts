import { PassThrough } from 'node:stream';
import type { ExitCode, Terminal } from '../../src/cli/terminal.ts';
import { noPaint } from '../../src/report/text.ts';

export interface FakeTerminal extends Terminal {
  readonly printed: string[];
  readonly said: string[];
  readonly exits: ExitCode[];
}

/** A terminal that remembers; nobody sits at it unless `change` says so. */
export function fakeTerminal(change: Partial<Terminal> = {}): FakeTerminal {
  const [printed, said, exits]: [string[], string[], ExitCode[]] = [[], [], []];
  const nobody = () => Promise.reject(new Error('Nobody was there to be asked.'));
  return {
    ...{
      printed,
      said,
      exits,
      ask: nobody,
      confirm: nobody,
      input: nobody,
      streams: { input: new PassThrough(), output: new PassThrough() },
      env: {},
      cwd: '/nowhere',
      region: () => Promise.resolve(null),
    },
    ...{ interactive: false, outIsTerminal: false, color: false, outPaint: noPaint, errPaint: noPaint },
    out: (text) => void printed.push(text),
    err: (text) => void said.push(text),
    exit: (code) => void exits.push(code),
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    self: { host: 'here', process: 1 },
    signal: new AbortController().signal,
    finishOnInterrupt: () => undefined,
    onAbandon: () => undefined,
    ...change,
  };
}
