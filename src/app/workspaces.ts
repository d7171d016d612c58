import { resolve } from 'node:path';
import { LockkeeperError } from '../errors.ts';
import { filesWorkspace } from '../workspace/files.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The workspace that is meant by `files:FOLDER`. */
export function openWorkspace(name: string, root: string): Workspace {
  const [, folder] = /^files:(.+)$/u.exec(name) ?? [];
  if (folder === undefined) throw workspaceUnknown(name);
  return filesWorkspace(name, resolve(root, folder));
}

const workspaceUnknown = (name: string) =>
  new LockkeeperError('USAGE', {
    message: `"${name}" is no workspace.`,
    hint: 'A workspace is a folder of Markdown files.',
    fix: 'Name one: --workspace files:docs',
  });
