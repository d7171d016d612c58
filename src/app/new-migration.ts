import { join } from 'node:path';
import { LockkeeperError } from '../errors.ts';
import { migrationName } from '../migration/document.ts';
import { migrationFiles } from '../migration/find-migration.ts';
import { operations } from '../operations/registry.ts';
import { readConfig } from './config.ts';
import { editorLine } from './editor-schema.ts';
import { fileExists, writeNewFile } from './write-new-file.ts';

export interface NewMigrationResult {
  readonly schema: 'lockkeeper.new/1';
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/** Writes a valid migration to start from. */
export async function newMigration({
  cwd,
  name,
}: {
  readonly cwd: string;
  readonly name: string;
}): Promise<NewMigrationResult> {
  const checked = migrationName.safeParse(name);
  if (!checked.success) throw nameUnusable(name, checked.error.issues.map((issue) => issue.message).join(' '));
  const { root, migrations } = await readConfig({ cwd });
  const taken = (await migrationFiles({ cwd: root, directory: migrations })).find((file) => isCalled(file, name));
  if (taken !== undefined) throw fileExists(taken);
  const path = join(migrations, `${name}.yaml`);
  await writeNewFile(path, `${await editorLine('migration', path, root)}\n${startingPoint(name)}`);
  return { schema: 'lockkeeper.new/1', name, path };
}

const isCalled = (file: string, name: string): boolean => file.replace(/^.*[\\/]/u, '').replace(/\.\w+$/u, '') === name;

const nameUnusable = (name: string, why: string) =>
  new LockkeeperError('USAGE', {
    message: `"${name}" cannot be the name of a migration.`,
    hint: why,
    fix: 'For example: lockkeeper new user-preferences',
  });

const startingPoint = (name: string) => `version: 1
name: ${/^[a-z][a-z0-9_-]*$/u.test(name) && !/^(null|true|false)$/u.test(name) ? name : `"${name}"`}
# description: Why it is done, for the people who approve it.
# after: [another-migration]

# gates:
#   soak: 24h        # how long the new shape must be in use before the old one is archived
#   backup: true     # a person must name a backup first
# backfill:
#   workers: 2
#   max_rows_per_second: 40000

# The operations there are:
${operations.map(({ kind, summary }) => `#   ${kind}: ${summary}`).join('\n')}
operations:
  - rename_column:
      table: users
      from: name
      to: full_name
`;
