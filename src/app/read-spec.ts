import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { extractRequirements } from '../spec/extract-requirements.ts';
import type { Requirements } from '../spec/requirements.ts';
import { readMarkdownFile } from '../workspace/files.ts';
import type { Page, PageSummary } from '../workspace/workspace.ts';
import { type Config, readConfig } from './config.ts';
import { type NotionAccess, openWorkspace, workspaceOf } from './workspaces.ts';

interface SpecInput {
  readonly cwd: string;
  /** `files:FOLDER` or `notion`; otherwise the configuration's. */
  readonly workspace?: string;
  readonly notion: NotionAccess;
}

export interface FoundSpecs {
  readonly schema: 'lockkeeper.specs/1';
  readonly workspace: string;
  readonly query: string;
  readonly pages: readonly PageSummary[];
}

/** The pages of a workspace that have these words. */
export async function findSpecs({ query, ...input }: SpecInput & { readonly query: string }): Promise<FoundSpecs> {
  const { name, find } = opened(input, await readConfig(input));
  return { schema: 'lockkeeper.specs/1', workspace: name, query, pages: await find(query) };
}

/** What a specification asks for: a file, or a page of the workspace. */
export async function readSpec({ page, ...input }: SpecInput & { readonly page: string }): Promise<Requirements> {
  const config = await readConfig(input);
  const path = resolve(input.cwd, page);
  const here = await access(path).then(
    () => true,
    () => false,
  );
  const read = (): Promise<Page> => (here ? readMarkdownFile(path, page) : opened(input, config, page).read(page));
  const { source, title, tree } = await read();
  return extractRequirements(tree, { source, labels: config.spec.labels, ...(title === null ? {} : { title }) });
}

function opened({ cwd, workspace, notion }: SpecInput, { root, spec }: Config, page = '') {
  const named = workspace ?? workspaceOf(page, spec.workspace);
  return openWorkspace(named, workspace === undefined ? root : cwd, { ...notion, ...spec.notion });
}
