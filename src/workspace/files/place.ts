import { posix } from 'node:path';
import type { Document } from '../../publication/document.ts';

export interface Placing {
  /** Of each document that has a place, by its key: a path relative to the folder, with `/`. */
  readonly refs: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

/** Where each document is, or is to be: a file that was moved is known by its key, and nobody else's name is taken. */
export function placeDocuments(
  documents: readonly Pick<Document, 'key' | 'kind'>[],
  found: ReadonlyMap<string, readonly string[]>,
  names: readonly string[],
): Placing {
  const taken = new Set(names.map(folded));
  const refs = new Map(
    [...found].flatMap(([key, [ref, ...more]]) => (ref !== undefined && !more.length ? [[key, ref]] : [])),
  );
  const problems: string[] = [];
  for (const { key, kind } of documents) {
    const files = found.get(key) ?? [];
    const usual = nameOf(key, kind);
    if (files.length > 1) {
      if (files.includes(`${usual}.md`)) refs.set(key, `${usual}.md`);
      const written = refs.get(key);
      problems.push(
        `${files.join(' and ')} both say \`lockkeeper: ${key}\`${written === undefined ? ', so neither is written' : `; only ${written} is written`}. Take that line out of the copy.`,
      );
    } else if (!files.length) {
      let name = `${usual}.md`;
      for (let i = 2; taken.has(folded(name)); i++) name = `${usual}-${i}.md`;
      taken.add(folded(name));
      refs.set(key, name);
    }
  }
  return { refs, problems };
}

/** As file systems compare that do not tell A from a. */
const folded = (name: string): string => name.normalize('NFC').toLowerCase();

/** `user-preferences/backfill` → `tasks/user-preferences-backfill`. */
function nameOf(key: string, kind: Document['kind']): string {
  const plain = key.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[.-]+|[.-]+$/gu, '');
  return `${kind}s/${(kind === 'plan' ? plain.replace(/-plan$/u, '') : plain) || kind}`;
}

/** A link from one file to another, both relative to the folder. */
export const linkTo = (from: string, to: string): string => relativeTo(from, to).split('/').map(encodeName).join('/');

/** Parentheses too, which end a link in Markdown. */
const encodeName = (name: string): string => encodeURIComponent(name).replaceAll('(', '%28').replaceAll(')', '%29');

export const relativeTo = (from: string, to: string): string => posix.relative(posix.dirname(from), to);
