import { type Dirent, existsSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { LockkeeperError } from '../errors.ts';
import type { LintFile } from '../lint/lint.ts';
import { detectRunner, filesOf } from '../lint/runners/detect.ts';
import { byName, type Folder, isScript, isSql, type Runner } from '../lint/runners/runner.ts';
import { fileNotReadable, notAFile } from '../migration/errors.ts';
import { globPattern, isGlob } from './glob.ts';

/** Migrations that belong together: one tool runs them, in this order. */
export interface Source {
  readonly runner: string;
  readonly files: readonly LintFile[];
}

/** What an editor has open and did not save, by absolute path. */
export type Unsaved = ReadonlyMap<string, string>;

/** What the paths name, as the tools that run it would read it. Paths are relative to `cwd`, with slashes. */
export async function readSources(
  cwd: string,
  paths: readonly string[],
  unsaved: Unsaved = new Map(),
): Promise<readonly Source[]> {
  const open = [...unsaved.keys()].filter((file) => paths.some((path) => resolve(cwd, path) === rootOf(file)));
  const saved = paths.flatMap((path) => filesNamed(cwd, path));
  const found = [...saved, ...open.filter((file) => isSql(file) || isScript(file))];
  const roots = new Map<string, string[]>();
  for (const file of [...new Set(found)].sort()) {
    const root = rootOf(file);
    const files = roots.get(root);
    if (files) files.push(file);
    else roots.set(root, [file]);
  }
  const named = new Set(paths.map((path) => resolve(cwd, path)));
  const sources = await Promise.all(
    [...roots].map(([root, files]) => readSource(cwd, { root, files, unsaved, named })),
  );
  return merged(sources.filter(({ files }) => files.length > 0));
}

const skipped = new Set(['node_modules', '.git', 'dist']);

function filesNamed(cwd: string, path: string): readonly string[] {
  if (isGlob(path)) {
    const pattern = globPattern(resolve(cwd, path).split(sep).join('/'));
    const base = path.slice(0, path.search(/[*?{[]/u)).replace(/[^/]*$/u, '');
    const below = filesBelow(resolve(cwd, base || '.'));
    return below.filter((file) => pattern.test(file.split(sep).join('/')));
  }
  const full = resolve(cwd, path);
  const found = orNotReadable(path, () => statSync(full));
  if (found.isDirectory()) return filesBelow(full);
  if (!found.isFile()) throw notAFile(path);
  return [full];
}

/** One after the other: most files take less time to read than to ask for at once. */
function orNotReadable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw fileNotReadable(path, cause);
  }
}

const filesBelow = (folder: string): readonly string[] =>
  orNotReadable(folder, () => readdirSync(folder, { withFileTypes: true })).flatMap((entry) =>
    filesOfEntry(folder, entry),
  );

function filesOfEntry(folder: string, entry: Dirent): readonly string[] {
  const path = join(folder, entry.name);
  if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow(path);
  if (!(isSql(path) || isScript(path)) || isEmacsLock(entry)) return [];
  return entry.isFile() || (entry.isSymbolicLink() && mayBeFile(path)) ? [path] : [];
}

/** A link that leads nowhere is read, so that it is said; one to a folder or to a pipe is not. */
const mayBeFile = (link: string): boolean => statOf(link)?.isFile() ?? true;

const statOf = (path: string): Stats | undefined => {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
};

/** While a file is edited: a link to nowhere with the editor's name. */
const isEmacsLock = (entry: Dirent): boolean => entry.isSymbolicLink() && entry.name.startsWith('.#');

/** The folder of the migrations that a file belongs to: Prisma has one for each, graphile-migrate one for those that are committed, and those of Sqitch may be in folders as deep as their names. */
export function rootOf(file: string): string {
  const folder = dirname(file);
  const planned = plannedRoot(folder);
  if (planned !== null) return planned;
  const nested = basename(file) === 'migration.sql' || ['committed', 'current'].includes(basename(folder));
  return nested ? dirname(folder) : folder;
}

/** The nearest folder of scripts that a plan of Sqitch is beside. */
function plannedRoot(folder: string): string | null {
  const above = dirname(folder);
  if (above === folder) return null;
  const isOfPlan = /^(deploy|revert|verify)$/u.test(basename(folder)) && existsSync(join(above, 'sqitch.plan'));
  return isOfPlan ? folder : plannedRoot(above);
}

interface Root extends Source {
  readonly kind: Runner;
}

interface Named {
  readonly root: string;
  readonly files: readonly string[];
  readonly unsaved: Unsaved;
  /** What was asked for by its own name, which has to be there. */
  readonly named: ReadonlySet<string>;
}

async function readSource(cwd: string, { root, files, unsaved, named }: Named): Promise<Root> {
  const nameOf = (file: string) => relative(root, file).split(sep).join('/');
  const read = files.map((file) => [nameOf(file), unsaved.get(file) ?? readText(file, named)] as const);
  const texts = read.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text] as const] : []));
  const unreadable = read.flatMap(([name, text]) => (typeof text === 'string' ? [] : [[name, text.hint] as const]));
  const path = relative(cwd, root).split(sep).join('/');
  const names = namesAround(root);
  const folder: Folder = {
    path: root.split(sep).join('/'),
    names,
    texts: new Map([...texts, ...settingsOf(root, texts, names)]),
    unreadable: new Map(unreadable),
    loadRuby: async () => (await import('./load-ruby.ts')).loadRuby(),
  };
  const kind = detectRunner(folder);
  const ordered = await filesOf(folder, kind);
  return {
    kind,
    runner: kind.name,
    files: ordered.map((file) => ({ ...file, path: path === '' ? file.path : `${path}/${file.path}` })),
  };
}

/** Flyway keeps settings of a file beside it, Drizzle a journal of all, Sqitch a plan above. */
function settingsOf(root: string, texts: readonly (readonly [string, string])[], there: ReadonlySet<string>) {
  const names = ['meta/_journal.json', '../sqitch.plan', ...texts.map(([name]) => `${name}.conf`)];
  return names.flatMap((name) => {
    const file = join(root, name);
    if (!there.has(name) || statOf(file)?.isFile() !== true) return [];
    try {
      return [[name, readFileSync(file, 'utf8')] as const];
    } catch {
      return [];
    }
  });
}

/** The names in the folder and in those of its folders that a tool keeps beside its migrations, and those around the folder. */
function namesAround(root: string): ReadonlySet<string> {
  const inside = entriesOf(root);
  const kept = inside.filter((entry) => entry.isDirectory() && /^(meta|committed|\d.*)$/u.test(entry.name));
  const below = kept.flatMap(({ name }) => entriesOf(join(root, name)).map((entry) => `${name}/${entry.name}`));
  const above = entriesOf(dirname(root)).map(({ name }) => `../${name}`);
  return new Set([...inside.map(({ name }) => name), ...below, ...above]);
}

const entriesOf = (folder: string): readonly Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
};

/** Plain files of several folders are one history, in the order of their paths. */
function merged(roots: readonly Root[]): readonly Source[] {
  const plain = roots.filter(({ kind }) => kind.name === 'plain SQL files');
  const others = roots.filter((root) => !plain.includes(root));
  const [first] = plain;
  if (!first) return others;
  const files = new Map(plain.flatMap((root) => root.files).map((file) => [file.path, file]));
  const ordered = byName([...files.keys()]).flatMap((path) => files.get(path) ?? []);
  return [...others, { runner: first.runner, files: ordered }];
}

/** Why it cannot be read, unless it was asked for by its name: then there is nothing else to do. */
const readText = (file: string, named: ReadonlySet<string>): string | LockkeeperError => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const error = fileNotReadable(file, cause);
    if (named.has(file)) throw error;
    return error;
  }
};
