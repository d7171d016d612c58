import { fork } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/clock.ts';
import type { PhaseLatency } from '../src/demo/application/application.ts';

export interface WorkloadOptions {
  readonly url: string;
  readonly rows: number;
  readonly connections: number;
}

type Asked =
  | { readonly ask: 'start'; readonly argument: WorkloadOptions }
  | { readonly ask: 'capacity' | 'begin'; readonly argument: number }
  | { readonly ask: 'mark'; readonly argument: string }
  | { readonly ask: 'end' };
export type Command = Asked & { readonly id: number };
export type Reply =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly failure: string };

export interface Measured {
  readonly phases: readonly PhaseLatency[];
  readonly errors: number;
}

/** The workload in a process of its own: ours must not borrow time from it, nor it from ours. */
export async function startWorkload(options: WorkloadOptions) {
  const child = fork(fileURLToPath(new URL('./workload-process.ts', import.meta.url)), {
    execArgv: ['--import', 'jiti/register'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  child.on('message', (reply: Reply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('failure' in reply) asked?.reject(new Error(`The workload failed: ${reply.failure}`));
    else asked?.resolve(reply.answer);
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`The workload ended with exit code ${String(code)}.`));
  });
  const ask = <Answer>(asked: Asked) =>
    new Promise<Answer>((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve: (answer) => resolve(answer as Answer), reject });
      child.send({ id, ...asked });
    });
  await ask({ ask: 'start', argument: options });
  return {
    capacity: (ms: number) => ask<number>({ ask: 'capacity', argument: ms }),
    begin: (ratePerSecond: number) => ask({ ask: 'begin', argument: ratePerSecond }),
    /** Names the time from now on. */
    mark: (label: string) => ask({ ask: 'mark', argument: label }),
    end: () => ask<Measured>({ ask: 'end' }),
    stop: () => child.disconnect(),
  };
}

/**
 * An open loop wakes everybody for each transaction, which costs far more than a closed loop at its limit. What it could reach is
 * computed from how busy the machine is at a low rate.
 */
export async function openLoopCapacity(workload: Workload, ratePerSecond: number, ms: number): Promise<number> {
  await workload.begin(ratePerSecond);
  const before = processorTime();
  await systemClock.sleep(ms);
  const after = processorTime();
  await workload.end();
  return ratePerSecond / ((after.busy - before.busy) / (after.all - before.all));
}

/** Milliseconds of all processors. */
function processorTime() {
  const sum = (of: (times: ReturnType<typeof cpus>[number]['times']) => number) =>
    cpus().reduce((total, { times }) => total + of(times), 0);
  const all = sum((t) => t.user + t.nice + t.sys + t.irq + t.idle);
  return { all, busy: all - sum((t) => t.idle) };
}

export type Workload = Awaited<ReturnType<typeof startWorkload>>;
