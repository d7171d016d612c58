import type { Session } from '../database/database.ts';
import { sqlState } from '../database/sqlstate.ts';
import { journalMissing, runNotFound } from '../journal/errors.ts';
import type { Journal, Run } from '../journal/journal.ts';
import { findMigration } from '../migration/find-migration.ts';
import { mayNot } from './errors.ts';
import { refuseUnreadableJournal } from './journal-rights.ts';
import { readAuthored } from './plan-migration.ts';
import { journalOf, type Deps } from './deps.ts';

/** The run of a migration given by name or path, with a session to work on it. `read` sessions cannot change anything. */
export async function onRun<T>(
  deps: Deps,
  migration: string,
  role: 'read' | 'watch',
  work: (session: Session, run: Run, journal: Journal) => Promise<T>,
): Promise<T> {
  const name = await nameOf(deps, migration);
  const journal = journalOf(deps);
  const session = await deps.connect(role, name);
  try {
    if ((await journal.version(session)) === null) throw journalMissing(journal.schema);
    await refuseUnreadableJournal(session, journal.schema);
    const run = await journal.run(session, name);
    if (!run) throw runNotFound(name);
    return await work(session, run, journal);
  } catch (error) {
    throw sqlState(error) === '42501' ? mayNot(error as Error) : error;
  } finally {
    await session.close();
  }
}

/** A path names the migration inside the file; anything else is a name already, whether its file is still there or not. */
export async function nameOf(deps: Deps, migration: string): Promise<string> {
  const found = await findMigration(migration, { cwd: deps.config.cwd, directory: deps.config.migrations }).catch(
    () => null,
  );
  return found ? (await readAuthored(deps, migration)).name : migration;
}
