import type { LintFile, Section } from '../lint.ts';
import type { Wrapping } from '../rule.ts';
import type { ParsedRuby } from './script/ruby.ts';

/** The files of a folder of migrations, by their path in it. Above it only names are known: `../config.toml`. */
export interface Folder {
  /** Its own path as given, such as `supabase/migrations`. */
  readonly path: string;
  readonly names: ReadonlySet<string>;
  /** The texts of what may hold SQL, and of what says how it is run. */
  readonly texts: ReadonlyMap<string, string>;
  /** Those that are there and cannot be read, with the reason. */
  readonly unreadable?: ReadonlyMap<string, string>;
  /** Loads the parser of Ruby, which is a file of its own. */
  readonly loadRuby: () => Promise<(source: string) => ParsedRuby>;
}

/** What of a file a tool runs when it migrates. */
export type Read = Pick<
  LintFile,
  'text' | 'sections' | 'transaction' | 'source' | 'placeOf' | 'notices' | 'stated' | 'version'
>;

/** A tool that runs migrations. */
export interface Runner {
  readonly name: string;
  readonly detect: (folder: Folder) => boolean;
  /** Null for a file that it does not run. */
  readonly read: (path: string, text: string, folder: Folder) => Read | null | Promise<Read | null>;
  /** The files in the order in which it runs them. */
  readonly order: (paths: readonly string[], folder: Folder) => readonly string[];
  /** How it sends a file that says nothing else. */
  readonly wrapping: Wrapping;
}

const collator = new Intl.Collator('en', { numeric: true });

/** By name, numbers by their value. */
export const compareNames = (a: string, b: string): number => collator.compare(a, b);
export const byName = (paths: readonly string[]): readonly string[] => [...paths].sort(compareNames);

export const isSql = (path: string): boolean => /\.sql$/iu.test(path);

export const isJavaScript = (path: string): boolean => /\.[cm]?[jt]s$/iu.test(path) && !path.endsWith('.d.ts');
export const isPython = (path: string): boolean => path.endsWith('.py');
export const isRuby = (path: string): boolean => path.endsWith('.rb');
export const isScript = (path: string): boolean => isJavaScript(path) || isPython(path) || isRuby(path);

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A text with a part of it replaced by spaces, so that every place stays. */
const blank = (text: string): string => text.replaceAll(/[^\n]/gu, (c) => ' '.repeat(c.length));

/** Only the part from one place to another, where it stands. */
export const only = (text: string, { start, end }: Pick<Section, 'start' | 'end'>): string =>
  blank(text.slice(0, start)) + text.slice(start, end) + blank(text.slice(end));

/** The part between two marks, which are patterns of whole lines; the rest when the second is not there. */
export function between(text: string, from: RegExp, to: RegExp): { start: number; end: number } | null {
  const first = from.exec(text);
  if (!first) return null;
  const start = first.index + first[0].length;
  const second = to.exec(text.slice(start));
  return { start, end: second && second.index >= 0 ? start + second.index : text.length };
}
