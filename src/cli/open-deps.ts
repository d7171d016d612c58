import type { Config } from '../app/config.ts';
import type { Pages } from '../app/deps.ts';
import { openWorkspace } from '../app/workspaces.ts';
import type { PublishingDeps } from '../app/write-pages.ts';
import { connectTo } from '../database/connect.ts';
import type { Connect, Session } from '../database/database.ts';
import type { Target } from '../database/target.ts';
import type { Emit } from '../events.ts';
import { type ConnectionFlags, readSettings } from './settings.ts';
import { notionAccess } from './notion-access.ts';
import type { Terminal } from './terminal.ts';

export interface OpenDeps {
  readonly deps: PublishingDeps;
  readonly target: Target;
  readonly project: Config;
}

/** What a use case needs, from flags and variables; connects only when the use case does. */
export async function openDeps(
  terminal: Terminal,
  flags: ConnectionFlags,
  emit: Emit = () => undefined,
): Promise<OpenDeps> {
  const { target, config, project } = await readSettings(flags, terminal);
  const { clock, signal, self } = terminal;
  const pages = { open: opener(terminal, project), follow: project.spec.update };
  const connect = cancellable(connectTo(target), terminal);
  return { target, project, deps: { connect, clock, emit, signal, config, pages, self } };
}

/** The workspaces of a project, by their names in its configuration. */
export function opener(terminal: Pick<Terminal, 'env' | 'clock'>, { root, spec }: Config): Pages['open'] {
  const notion = { ...notionAccess(terminal), ...spec.notion };
  return (workspace) => openWorkspace(workspace, root, notion);
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
