import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Application, ApplicationOptions, LiveLatency } from './application/application.ts';
import type { Command, Message } from './application/main.ts';

/** The application in a process of its own, so that neither can borrow time from the other. */
export async function startApplication(
  options: ApplicationOptions,
  onLive: (live: LiveLatency) => void,
): Promise<Application & { kill(): void }> {
  // from this folder, and from dist/chunks once it is built
  const extension = extname(import.meta.url);
  const child = fork(fileURLToPath(new URL(`../demo/application/main${extension}`, import.meta.url)), {
    execArgv: extension === '.ts' ? ['--import', 'jiti/register'] : [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;

  child.on('message', (message: Message) => {
    if ('live' in message) return onLive(message.live as LiveLatency);
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if ('failure' in message) asked?.reject(new Error(`The demo's application failed: ${message.failure}`));
    else asked?.resolve(message.answer);
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values())
      reject(new Error(`The demo's application ended with exit code ${String(code)}.`));
    waiting.clear();
  });

  type Question = Command extends infer C ? (C extends Command ? Omit<C, 'id'> : never) : never;
  const ask = <Answer>(question: Question) =>
    new Promise<Answer>((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve: (answer) => resolve(answer as Answer), reject });
      child.send({ id, ...question });
    });

  await ask({ ask: 'start', options });
  return {
    setPhase: (label) => ask({ ask: 'setPhase', argument: label }),
    enableNew: () => ask({ ask: 'enableNew', argument: null }),
    disableOld: () => ask({ ask: 'disableOld', argument: null }),
    enableOld: () => ask({ ask: 'enableOld', argument: null }),
    repair: (users) => ask({ ask: 'repair', argument: users }),
    check: (shapes) => ask({ ask: 'check', argument: shapes }),
    stop: async () => {
      const stats = await ask<Awaited<ReturnType<Application['stop']>>>({ ask: 'stop', argument: null });
      child.disconnect();
      return stats;
    },
    kill: () => void child.kill(),
  };
}
