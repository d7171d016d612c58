import { checkSource, type Checked } from './check-source.ts';
import { document } from './document.ts';
import { migrationInvalid } from './errors.ts';
import { toMigration, type Migration, type MigrationDocument } from './migration.ts';
import { parseJson } from './parse-json.ts';
import { parseYaml } from './parse-yaml.ts';
import { readSource } from './read-source.ts';
import type { Source } from './source.ts';

/** The migration in a text, or every mistake in it. */
export const parseMigration = (
  text: string,
  { file, format }: { readonly file: string; readonly format: 'yaml' | 'json' },
): Migration => orThrow(file, checkMigration(format === 'json' ? parseJson(text) : parseYaml(text), file));

/** The migration in a file of any kind; `file` is what messages call it. */
export async function readMigrationFile(path: string, file = path): Promise<Migration> {
  return orThrow(file, checkMigration(await readSource(path, 'migration'), file));
}

function orThrow(file: string, { data, problems }: Checked<Migration>): Migration {
  if (data === null) throw migrationInvalid(file, problems);
  return data;
}

function checkMigration(source: Source, file: string): Checked<Migration> {
  if (source.readable && (source.value === null || source.value === undefined))
    return checkSource(
      { ...source, readable: false, flaws: [...source.flaws, empty] },
      document,
      file,
    ) as Checked<never>;
  const { data, problems } = checkSource(source, document, file);
  if (data === null) return { data, problems: onlyTheVersion(problems, source.value) };
  const { operations } = source.value as MigrationDocument;
  const kept = { ...data, operations };
  delete kept.$schema;
  return { data: toMigration(kept), problems };
}

const empty = { offset: 0, message: 'The file is empty.', suggestion: 'Start one with `lockkeeper new NAME`.' };

/** A later version may mean anything by its other keys: complaining about them would mislead. */
function onlyTheVersion(problems: Checked<never>['problems'], value: unknown): Checked<never>['problems'] {
  const later = typeof value === 'object' && value !== null && 'version' in value && Number(value.version) > 1;
  const version = problems.filter(({ path }) => path === 'version');
  return later && version.length ? version : problems;
}
