import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { spawnCli } from '../cli.ts';
import type { Random } from './random.ts';

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** The command in a process of its own, which may be killed by SIGKILL in the middle of its work. */
async function runOnce(url: string, args: readonly string[], killAfterMs: number | null): Promise<Ended> {
  const child = spawnCli([...args, '--yes', '--take-over', '--database-url', url], { cwd: process.cwd() });
  child.stdin.end();
  const stopped = new AbortController();
  if (killAfterMs !== null)
    void setTimeout(killAfterMs, null, { signal: stopped.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  stopped.abort();
  return { code, output: `${out}\n${err}` };
}

/** Again and again until it ends by itself; killed each time with some probability. */
export async function runToTheEnd(
  url: string,
  args: readonly string[],
  random: Random,
  counts: { kills: number; runs: number },
  tell: (line: string) => void,
): Promise<Ended> {
  for (let attempt = 1; ; attempt++) {
    const ended = await runOnce(url, args, random.chance(attempt > 6 ? 0 : 0.6) ? 300 + random.upTo(1200) : null);
    counts.runs++;
    tell(`${args[0] ?? ''} ended with ${ended.code ?? 'SIGKILL'}`);
    if (ended.code !== null) return ended;
    counts.kills++;
  }
}
