import { basename, join } from 'node:path';
import type { Root } from 'mdast';
import { LockkeeperError } from '../errors.ts';
import { withoutSections } from '../markdown/marked-sections.ts';
import { readMarkdown } from '../markdown/read-markdown.ts';
import { readText } from '../migration/read-text.ts';
import { outlineOf } from '../spec/outline.ts';
import { checkFolder, isMarkdown, KEY_FIELD, namesIn } from './files/folder.ts';
import { publishFiles } from './files/publish.ts';
import type { Page, PageSummary, Workspace } from './workspace.ts';

/** A folder of Markdown files: specifications are in its `specs` folder, or anywhere in it when it has none. `folder` is absolute. */
export const filesWorkspace = (name: string, folder: string): Workspace => ({
  name,
  find: (words) => find(name, folder, words),
  read: async (ref) => {
    await checkFolder(name, folder, ref);
    return readMarkdownFile(join(folder, ref), ref);
  },
  publish: publishFiles(name, folder),
});

/** A specification in a file of its own. What we wrote into it is no part of it. */
export async function readMarkdownFile(path: string, source: string): Promise<Page> {
  const { text, flaw } = await readText(path);
  if (flaw) throw fileNotText(source, flaw.message, flaw.suggestion);
  const tree = readMarkdown(withoutSections(text));
  return { source, title: titleOf(tree), tree };
}

function titleOf(tree: Root): string | null {
  const { title, meta } = outlineOf(tree);
  return meta['title'] ?? title?.text ?? null;
}

const fileNotText = (file: string, hint: string, fix: string | null) =>
  new LockkeeperError('FILE_NOT_FOUND', {
    message: `${file} cannot be read as text.`,
    hint,
    fix: fix ?? 'Correct the file.',
  });

async function find(workspace: string, folder: string, query: string): Promise<readonly PageSummary[]> {
  const wanted = wordsOf(query);
  const names = await specificationsIn(workspace, folder);
  const pages = await Promise.all(
    names.map(async (ref): Promise<PageSummary | null> => {
      const text = withoutSections((await readText(join(folder, ref))).text);
      const tree = readMarkdown(text);
      if (outlineOf(tree).meta[KEY_FIELD] !== undefined) return null;
      const name = basename(ref).replace(/\.\w+$/u, '');
      const title = titleOf(tree) ?? name;
      if (hasAll(`${title} ${name}`, wanted)) return { ref, title, found: 'title' };
      return hasAll(text, wanted) ? { ref, title, found: 'text' } : null;
    }),
  );
  const found = pages.filter((page) => page !== null);
  return [...found.filter((page) => page.found === 'title'), ...found.filter((page) => page.found === 'text')];
}

async function specificationsIn(workspace: string, folder: string): Promise<readonly string[]> {
  const files = (await namesIn(workspace, folder)).filter(isMarkdown);
  const specs = files.filter((name) => name.startsWith('specs/'));
  return specs.length ? specs : files;
}

/** In lower case and without accents. */
const wordsOf = (text: string): readonly string[] =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

const hasAll = (text: string, wanted: readonly string[]): boolean => {
  const words = wordsOf(text);
  return wanted.length > 0 && wanted.every((word) => words.some((other) => other.startsWith(word)));
};
