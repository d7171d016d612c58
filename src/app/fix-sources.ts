import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fixFiles } from '../lint/fix/fix-files.ts';
import type { Editable } from '../lint/fix/split.ts';
import type { LintFile, LintOptions } from '../lint/lint.ts';
import { isSql } from '../lint/runners/runner.ts';
import type { Source } from './lint-sources.ts';
import { replaceFile, writeNewFile } from './write-new-file.ts';

/** A file that a fix rewrites; one that it adds has no text before. */
export interface Change {
  readonly path: string;
  readonly before: string | null;
  readonly after: string;
}

export interface FixedSources {
  readonly sources: readonly Source[];
  readonly changes: readonly Change[];
  /** How many findings are gone. */
  readonly fixed: number;
}

/** What can be rewritten safely in the files, as it would be written. */
export async function fixSources(cwd: string, before: readonly Source[], options: LintOptions): Promise<FixedSources> {
  const sources: Source[] = [];
  const changes: Change[] = [];
  let count = 0;
  for (const source of before) {
    const editable = await Promise.all(source.files.map((file) => editableOf(cwd, file)));
    const originals = new Map(editable.map(({ file, original }) => [file.path, original]));
    const { files, fixed } = fixFiles(editable, source.runner, options);
    sources.push({ ...source, files: files.map(({ file }) => file) });
    count += fixed.length;
    for (const { file, original: after } of files) {
      const text = originals.get(file.path) ?? null;
      if (text !== after) changes.push({ path: file.path, before: text, after });
    }
  }
  return { sources, changes, fixed: count };
}

/** Writes changes, each file whole or not at all. New files come first: if it ends half-way nothing is lost. */
export async function writeChanges(cwd: string, changes: readonly Change[]): Promise<void> {
  for (const { path, before, after } of changes) if (before === null) await writeNewFile(resolve(cwd, path), after);
  for (const { path, before, after } of changes) if (before !== null) await replaceFile(resolve(cwd, path), after);
}

/** A script, and a text that is no UTF-8, can not be written as they were: as if nothing stood there. */
async function editableOf(cwd: string, file: LintFile): Promise<Editable> {
  const bytes = isSql(file.path) ? await readFile(resolve(cwd, file.path)).catch(() => null) : null;
  const text = bytes?.toString('utf8') ?? '';
  return { file, original: bytes?.equals(Buffer.from(text)) ? text : '' };
}
