import { relative, resolve } from 'node:path';
import { LockkeeperError } from '../errors.ts';
import { filesWorkspace } from '../workspace/files.ts';
import { notionWorkspace, type NotionSettings } from '../workspace/notion.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The token, the address and the clock, which only the command line knows. */
export type NotionAccess = Pick<NotionSettings, 'token' | 'baseUrl' | 'clock'>;

/** The workspace that is meant by `files:FOLDER` or `notion`. */
export function openWorkspace(name: string, root: string, notion: NotionSettings): Workspace {
  if (name === 'notion') return notionWorkspace(notion);
  const folder = folderOf(name, root);
  if (folder === null) throw workspaceUnknown(name);
  return filesWorkspace(name, folder);
}

/** The workspace that a page is in which is named by its address; otherwise the one that was named. */
export const workspaceOf = (page: string, named: string): string =>
  /^https:\/\/(?:[\w-]+\.)*notion\.(?:so|com|site)\//iu.test(page) ? 'notion' : named;

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
    hint: 'A workspace is a folder of Markdown files, or Notion.',
    fix: 'Name one: --workspace files:docs or --workspace notion',
  });
