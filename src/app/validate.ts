import { LockkeeperError } from '../errors.ts';
import { readMigrationNamed } from '../migration/find-migration.ts';
import type { Problem } from '../migration/problem.ts';
import { readConfig } from './config.ts';

export interface ValidateResult {
  readonly schema: 'lockkeeper.validate/1';
  readonly ok: boolean;
  /** Null when the document is too wrong to tell. */
  readonly name: string | null;
  /** The kind of each, in order. */
  readonly operations: readonly string[];
  readonly problems: readonly Problem[];
}

/** Says whether a migration is well written, without a database; mistakes are the result, not a failure. */
export async function validate({
  cwd,
  migration,
}: {
  readonly cwd: string;
  readonly migration: string;
}): Promise<ValidateResult> {
  const { migrations } = await readConfig({ cwd });
  try {
    const { name, operations } = await readMigrationNamed(migration, { cwd, directory: migrations });
    return { schema: 'lockkeeper.validate/1', ok: true, name, operations: operations.map((o) => o.kind), problems: [] };
  } catch (error) {
    if (!(error instanceof LockkeeperError) || error.code !== 'MIGRATION_INVALID') throw error;
    const problems = error.details['problems'] as readonly Problem[];
    return { schema: 'lockkeeper.validate/1', ok: false, name: null, operations: [], problems };
  }
}
