import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import { LockkeeperError } from '../errors.ts';
import { followUpNotFound, migrationAmbiguous, migrationNotFound } from './errors.ts';
import { followUps, type Migration } from './migration.ts';
import { nearest } from './nearest.ts';
import { readMigrationFile } from './read-migration.ts';
import { extensions, isModule, readSource } from './read-source.ts';

export interface MigrationFolder {
  /** What paths are relative to. */
  readonly cwd: string;
  /** Where migrations are kept, relative to `cwd` or absolute. */
  readonly directory: string;
}

export interface FoundMigration {
  /** Absolute. */
  readonly path: string;
  /** `end-as` of `price/end-as`: what follows the migration in the file, or null for that migration itself. */
  readonly suffix: string | null;
}

/** The file that a path or a name means; `<parent>/<suffix>` means what follows the parent. */
export async function findMigration(nameOrPath: string, folder: MigrationFolder): Promise<FoundMigration> {
  const path = await findFile(nameOrPath, folder);
  if (path !== null) return { path, suffix: null };
  const slash = nameOrPath.lastIndexOf('/');
  const parent = slash > 0 ? await findFile(nameOrPath.slice(0, slash), folder) : null;
  if (parent !== null) return { path: parent, suffix: nameOrPath.slice(slash + 1) };
  throw migrationNotFound(nameOrPath, folder.directory, await namesNear(nameOrPath, folder));
}

/** The migration that a path or a name means. */
export async function readMigrationNamed(nameOrPath: string, folder: MigrationFolder): Promise<Migration> {
  const { path, suffix } = await findMigration(nameOrPath, folder);
  const migration = await readMigrationFile(path, shown(path, folder));
  if (suffix === null) return migration;
  const next = followUps(migration);
  const found = next.find((f) => f.suffix === suffix);
  if (found) return found.migration;
  const known = next.map((f) => f.suffix);
  throw followUpNotFound(migration.name, suffix, known);
}

/** A path as a person in `cwd` would write it. */
export const shown = (path: string, { cwd }: MigrationFolder): string => {
  const short = relative(cwd, path);
  return short.startsWith('..') ? path : short;
};

/** The files in the folder that can hold a migration, by name. */
export async function migrationFiles({ cwd, directory }: MigrationFolder): Promise<readonly string[]> {
  const folder = resolve(cwd, directory);
  const entries = await readdir(folder).catch(() => []);
  return entries
    .filter((entry) => extensions.includes(extname(entry)) && !/\.d\.m?ts$/u.test(entry))
    .sort()
    .map((entry) => join(folder, entry));
}

const stem = (path: string): string => basename(path, extname(path));

async function findFile(nameOrPath: string, folder: MigrationFolder): Promise<string | null> {
  const path = resolve(folder.cwd, nameOrPath);
  if (extensions.includes(extname(nameOrPath)) && (await isFile(path))) return path;
  const files = await migrationFiles(folder);
  const called = files.filter((file) => stem(file) === nameOrPath);
  const others = files.filter((file) => !called.includes(file));
  const isNamed = async (file: string) => (await nameInside(file)) === nameOrPath;
  const written = [
    ...called,
    ...(await keep(
      others.filter((file) => !isModule(file)),
      isNamed,
    )),
  ];
  const found = written.length ? written : await keep(others.filter(isModule), isNamed);
  const shownPaths = found.map((file) => shown(file, folder));
  if (found.length > 1) throw migrationAmbiguous(nameOrPath, shownPaths);
  return found[0] ?? null;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** The name a file gives its migration, also when the rest of it is wrong. A module has to run to tell. */
async function nameInside(path: string): Promise<string | null> {
  const { value } = await readSource(path, 'migration').catch(nothingWhenUnreadable);
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
    ? value.name
    : null;
}

function nothingWhenUnreadable(error: unknown): { readonly value: unknown } {
  if (error instanceof LockkeeperError) return { value: null };
  throw error;
}

async function keep<T>(items: readonly T[], test: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(test));
  return items.filter((_, i) => kept[i]);
}

async function namesNear(wanted: string, folder: MigrationFolder): Promise<string[]> {
  const files = await migrationFiles(folder);
  const names = (await Promise.all(files.map(async (file) => [stem(file), await nameInside(file)]))).flat();
  const known = [...new Set(names.filter((name) => name !== null))];
  const near = nearest(stem(wanted), known);
  const containing = known.filter((name) => name.includes(wanted) || wanted.includes(name));
  return [...new Set([...(near === null ? [] : [near]), ...containing])].slice(0, 3);
}
