import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface CliOptions {
  /** On top of a small environment that holds nothing of the developer's. */
  readonly env?: Readonly<Record<string, string>>;
  /** For stdin, which then ends. */
  readonly input?: string;
  readonly cwd?: string;
}

export interface CliResult {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built command; the test may write to it and kill it. */
export const spawnCli = (
  args: readonly string[],
  { env = {}, cwd }: Omit<CliOptions, 'input'> = {},
): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: 'UTC', ...env },
  });

/** Runs the built command to its end. */
export async function runCli(args: readonly string[], { input = '', ...options }: CliOptions = {}): Promise<CliResult> {
  const child = spawnCli(args, options);
  child.stdin.on('error', () => undefined); // it may end without reading
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
