import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { LockkeeperError } from '../../errors.ts';
import { frontMatterOf } from '../../markdown/front-matter.ts';
import { fileNotReadable } from '../../migration/errors.ts';

/** The field of the front matter that says which document a file is. */
export const KEY_FIELD = 'lockkeeper';

/** Every file and folder below, with `/`, sorted; what is hidden and `node_modules` are left out. */
export async function namesIn(workspace: string, folder: string): Promise<readonly string[]> {
  await checkFolder(workspace, folder);
  const names = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw fileNotReadable(pathIn(cause) ?? folder, cause);
  });
  return names
    .map((name) => name.replaceAll(sep, '/'))
    .filter((name) => !/(?:^|\/)(?:node_modules|\.[^/]+)(?:\/|$)/u.test(name))
    .sort();
}

const pathIn = (cause: unknown): string | null =>
  cause instanceof Error && 'path' in cause && typeof cause.path === 'string' ? cause.path : null;

/** `sought`: a page that may have been meant as a file. */
export async function checkFolder(workspace: string, folder: string, sought?: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory()) throw folderMissing(workspace, folder, sought);
}

const folderMissing = (workspace: string, folder: string, sought: string | undefined) =>
  new LockkeeperError('FILE_NOT_FOUND', {
    message: `There is ${sought === undefined ? '' : `no file ${sought} and `}no folder ${folder}.`,
    hint: `The folder is the workspace "${workspace}": where specifications are looked for, and plans and tasks written.`,
    fix: 'Create it, or name another: --workspace files:DIR, or spec.workspace in lockkeeper.yaml.',
  });

export const isMarkdown = (name: string): boolean => /\.(?:md|markdown)$/iu.test(name);

/** The files that are documents of ours, by their keys. */
export async function documentsIn(
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const byKey = new Map<string, string[]>();
  for (const name of names.filter(isMarkdown)) {
    const key = keyIn(await readAny(join(folder, name)));
    if (key !== null) byKey.set(key, [...(byKey.get(key) ?? []), name]);
  }
  return byKey;
}

/** Also where the rest of the front matter was damaged. */
function keyIn(text: string): string | null {
  const [head = ''] = /^\uFEFF?---[ \t]*\r?\n[^]*?(?:^---|(?![^]))/mu.exec(text) ?? [];
  const [line] = new RegExp(`^${KEY_FIELD}:.*$`, 'mu').exec(head) ?? [];
  const key = line === undefined ? null : frontMatterOf(`---\n${line}\n---\n`)?.[KEY_FIELD];
  return typeof key === 'string' ? key : null;
}

/** Whatever its encoding: keys are ASCII. */
const readAny = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'EISDIR' || cause.code === 'ENOENT')) return '';
    throw fileNotReadable(path, cause);
  }
};
