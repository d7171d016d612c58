import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { extractRequirements } from '../spec/extract-requirements.ts';
import type { Requirements } from '../spec/requirements.ts';
import { readMarkdownFile } from '../workspace/files.ts';
import type { Page, PageSummary } from '../workspace/workspace.ts';
import { readConfig } from './config.ts';
import { openWorkspace } from './workspaces.ts';

interface SpecInput {
  readonly cwd: string;
  /** `files:FOLDER`; otherwise the configuration's. */
  readonly workspace?: string;
}

export interface FoundSpecs {
  readonly schema: 'lockkeeper.specs/1';
  readonly workspace: string;
  readonly query: string;
  readonly pages: readonly PageSummary[];
}

/** The pages of a workspace that have these words. */
export async function findSpecs({
  cwd,
  workspace,
  query,
}: SpecInput & { readonly query: string }): Promise<FoundSpecs> {
  const { root, spec } = await readConfig({ cwd });
  const { name, find } = openWorkspace(workspace ?? spec.workspace, workspace === undefined ? root : cwd);
  return { schema: 'lockkeeper.specs/1', workspace: name, query, pages: await find(query) };
}

/** What a specification asks for: a file, or a page of the workspace. */
export async function readSpec({ cwd, workspace, page }: SpecInput & { readonly page: string }): Promise<Requirements> {
  const { root, spec } = await readConfig({ cwd });
  const path = resolve(cwd, page);
  const here = await access(path).then(
    () => true,
    () => false,
  );
  const read = (): Promise<Page> =>
    here
      ? readMarkdownFile(path, page)
      : openWorkspace(workspace ?? spec.workspace, workspace === undefined ? root : cwd).read(page);
  const { source, title, tree } = await read();
  return extractRequirements(tree, { source, labels: spec.labels, ...(title === null ? {} : { title }) });
}
