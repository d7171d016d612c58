import type { Application, ApplicationOptions } from './application.ts';
import { runApplication } from './run-application.ts';

/** What the parent asks of the application's process. */
export type Command =
  | { readonly id: number; readonly ask: 'start'; readonly options: ApplicationOptions }
  | { readonly id: number; readonly ask: keyof Application; readonly argument: unknown };

/** What comes back. */
export type Message =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: string }
  | { readonly live: unknown };

const LIVE_EVERY_MS = 500;

const send = (message: Message) => void process.send?.(message);
let application: Awaited<ReturnType<typeof runApplication>> | undefined;

async function obey(command: Command): Promise<unknown> {
  if (command.ask === 'start') {
    application = await runApplication(command.options);
    const running = application;
    setInterval(() => send({ live: running.live() }), LIVE_EVERY_MS).unref();
    return undefined;
  }
  if (!application) throw new Error('The application has not been started.');
  const act = application[command.ask] as (argument: unknown) => Promise<unknown>;
  return act(command.argument);
}

process.on('message', (command: Command) => {
  obey(command).then(
    (answer) => send({ id: command.id, answer }),
    (error: unknown) => send({ id: command.id, failure: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
