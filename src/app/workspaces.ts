import { relative, resolve } from 'node:path';
import { LockkeeperError } from '../errors.ts';
import { filesWorkspace } from '../workspace/files.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The workspace that is meant by `files:FOLDER`. */
export function openWorkspace(name: string, root: string): Workspace {
  const folder = folderOf(name, root);
  if (folder === null) throw workspaceUnknown(name);
  return filesWorkspace(name, folder);
}

/** The folder of a workspace of files, absolute; null for another kind. */
export function folderOf(name: string, root: string): string | null {
  const [, folder] = /^files:(.+)$/u.exec(name) ?? [];
  return folder === undefined ? null : resolve(root, folder);
}

/** A workspace as it is named from `cwd`, named from `root`. */
export function workspaceFrom(name: string, cwd: string, root: string): string {
  const folder = folderOf(name, cwd);
  return folder === null ? name : `files:${relative(root, folder) || '.'}`;
}

const workspaceUnknown = (name: string) =>
  new LockkeeperError('USAGE', {
    message: `"${name}" is no workspace.`,
    hint: 'A workspace is a folder of Markdown files.',
    fix: 'Name one: --workspace files:docs',
  });
