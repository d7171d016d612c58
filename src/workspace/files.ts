import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Root } from 'mdast';
import { LockkeeperError } from '../errors.ts';
import { readMarkdown } from '../markdown/read-markdown.ts';
import { fileNotReadable } from '../migration/errors.ts';
import { readText } from '../migration/read-text.ts';
import { outlineOf } from '../spec/outline.ts';
import type { Page, PageSummary, Workspace } from './workspace.ts';

/** A folder of Markdown files: specifications are in its `specs` folder, or anywhere in it when it has none. `folder` is absolute. */
export function filesWorkspace(name: string, folder: string): Workspace {
  return { name, find: (words) => find(folder, words), read: (ref) => readMarkdownFile(join(folder, ref), ref) };
}

/** A specification in a file of its own. */
export async function readMarkdownFile(path: string, source: string): Promise<Page> {
  const { text, flaw } = await readText(path);
  if (flaw) throw fileNotText(source, flaw.message, flaw.suggestion);
  const tree = readMarkdown(text);
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

async function find(folder: string, query: string): Promise<readonly PageSummary[]> {
  const wanted = wordsOf(query);
  const names = await markdownFiles(folder);
  const pages = await Promise.all(
    names.map(async (ref): Promise<PageSummary | null> => {
      const { text } = await readText(join(folder, ref));
      const name = basename(ref).replace(/\.\w+$/u, '');
      const title = titleOf(readMarkdown(text)) ?? name;
      if (hasAll(`${title} ${name}`, wanted)) return { ref, title, found: 'title' };
      return hasAll(text, wanted) ? { ref, title, found: 'text' } : null;
    }),
  );
  const found = pages.filter((page) => page !== null);
  return [...found.filter((page) => page.found === 'title'), ...found.filter((page) => page.found === 'text')];
}

/** Relative to the folder, sorted. */
async function markdownFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw fileNotReadable(folder, cause);
  });
  const files = entries.filter(
    (name) => /\.(?:md|markdown)$/iu.test(name) && !/(?:^|[\\/])(?:node_modules|\.[^\\/]+)[\\/]/u.test(name),
  );
  const specs = files.filter((name) => /^specs[\\/]/u.test(name));
  return (specs.length ? specs : files).sort();
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
