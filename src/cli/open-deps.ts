import type { Deps } from '../app/deps.ts';
import { connectTo } from '../database/connect.ts';
import type { Connect, Session } from '../database/database.ts';
import type { Target } from '../database/target.ts';
import type { Emit } from '../events.ts';
import { type ConnectionFlags, readSettings } from './settings.ts';
import type { Terminal } from './terminal.ts';

export interface OpenDeps {
  readonly deps: Deps;
  readonly target: Target;
}

/** What a use case needs, from flags and variables; connects only when the use case does. */
export async function openDeps(
  terminal: Terminal,
  flags: ConnectionFlags,
  emit: Emit = () => undefined,
): Promise<OpenDeps> {
  const { target, config } = await readSettings(flags, terminal);
  const { clock, signal, self } = terminal;
  return { target, deps: { connect: cancellable(connectTo(target), terminal), clock, emit, signal, config, self } };
}

/** Sessions whose running statements end when the program is abandoned. */
function cancellable(connect: Connect, { onAbandon }: Terminal): Connect {
  const open = new Set<Session>();
  onAbandon(() => Promise.allSettled([...open].map((session) => session.cancel())));
  return async (role, migration) => {
    const session = await connect(role, migration);
    open.add(session);
    const close = () => {
      open.delete(session);
      return session.close();
    };
    return { ...session, close };
  };
}
