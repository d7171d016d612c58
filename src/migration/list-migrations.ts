import { LockkeeperError } from '../errors.ts';
import { migrationInvalid } from './errors.ts';
import { migrationFiles, shown, type FoundMigration, type MigrationFolder } from './find-migration.ts';
import { followUps, type Migration } from './migration.ts';
import { readMigrationFile } from './read-migration.ts';

export interface MigrationList {
  /** Every migration in the folder, each followed by what follows from it. */
  readonly migrations: readonly (FoundMigration & { readonly migration: Migration })[];
  /** Files that hold no usable migration, and why. */
  readonly unreadable: readonly { readonly path: string; readonly error: LockkeeperError }[];
}

/** What a project has; one broken file does not hide the others. */
export async function listMigrations(folder: MigrationFolder): Promise<MigrationList> {
  const migrations: MigrationList['migrations'][number][] = [];
  const unreadable: MigrationList['unreadable'][number][] = [];
  for (const path of await migrationFiles(folder)) {
    const file = shown(path, folder);
    try {
      const migration = await readMigrationFile(path, file);
      const twin = migrations.find((m) => m.migration.name === migration.name);
      if (twin) throw migrationInvalid(file, [nameTaken(file, migration.name, shown(twin.path, folder))]);
      migrations.push({ path, suffix: null, migration }, ...followUps(migration).map((next) => ({ path, ...next })));
    } catch (error) {
      if (!(error instanceof LockkeeperError)) throw error;
      unreadable.push({ path, error });
    }
  }
  return { migrations, unreadable };
}

const nameTaken = (file: string, name: string, other: string) => ({
  file,
  line: 1,
  column: 1,
  path: 'name',
  message: `The name "${name}" is that of ${other} already.`,
  suggestion: 'Choose another one.',
});
