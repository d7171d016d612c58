import type { Session } from '../database/database.ts';
import { isPassing } from '../database/sqlstate.ts';
import { turnNotHad } from '../execute/errors.ts';
import type { Journal } from '../journal/journal.ts';
import { journalMissing } from '../journal/errors.ts';
import { notSupportedYet } from '../errors.ts';
import { ident, qualified, sql, type Sql } from '../sql/sql.ts';
import type { ArchiveDocument } from './documents.ts';
import { journalOf, type Deps } from './deps.ts';
import { refuseUnreadableJournal } from './journal-rights.ts';
import { archiveNotFound, notConfirmed } from './errors.ts';
import { refuseUnderOpen } from './refuse-overlap.ts';

type Archive = ArchiveDocument['archives'][number] & { readonly schemaName: string; readonly tableName: string };

/** What contract and rollback have put away and nobody has purged. */
export const listArchives = (deps: Deps): Promise<ArchiveDocument> =>
  withArchives(deps, (session, journal) => describe(session, journal));

/** Drops an archive for good. There is no way back but a backup. */
export const purgeArchive = (
  deps: Deps,
  { id, confirm }: { readonly id: number; readonly confirm: (what: string) => Promise<boolean> },
): Promise<ArchiveDocument> =>
  withArchives(deps, async (session, journal) => {
    const archive = await find(session, journal, id);
    if (!(await confirm(`${archive.relation} ${archive.archivedName}`))) throw notConfirmed(archive.migration);
    const drop =
      archive.kind === 'column'
        ? sql`ALTER TABLE ${qualified({ schema: archive.schemaName, name: archive.tableName })} DROP COLUMN ${ident(archive.archivedName)}`
        : sql`DROP TABLE ${qualified({ schema: journal.schema, name: archive.archivedName })}`;
    const table = { schema: archive.schemaName, name: archive.tableName };
    await change(deps, session, journal, id, drop, async () => {
      if (archive.kind === 'column') await refuseUnderOpen(session, journal, { migration: archive.migration, table });
    });
    return await describe(session, journal);
  });

/** Puts an archived table back under its name. An archived column comes back by rollback, which also brings it up to date. */
export const restoreArchive = (deps: Deps, { id }: { readonly id: number }): Promise<ArchiveDocument> =>
  withArchives(deps, async (session, journal) => {
    const archive = await find(session, journal, id);
    if (archive.kind === 'column')
      throw notSupportedYet(
        'Restoring a column without rolling its migration back',
        `Run: lockkeeper rollback ${archive.migration} --to switch`,
      );
    const restore = sql`
      ALTER TABLE ${qualified({ schema: journal.schema, name: archive.archivedName })} SET SCHEMA ${ident(archive.schemaName)};
      ALTER TABLE ${qualified({ schema: archive.schemaName, name: archive.archivedName })} RENAME TO ${ident(archive.originalName)}`;
    await change(deps, session, journal, id, restore);
    return await describe(session, journal);
  });

async function withArchives<T>(deps: Deps, work: (session: Session, journal: Journal) => Promise<T>): Promise<T> {
  const journal = journalOf(deps);
  const session = await deps.connect('watch');
  try {
    if ((await journal.version(session)) === null) throw journalMissing(journal.schema);
    await refuseUnreadableJournal(session, journal.schema);
    return await work(session, journal);
  } finally {
    await session.close();
  }
}

async function read(session: Session, journal: Journal): Promise<Archive[]> {
  return await session.query<Archive>(sql`
    SELECT id, migration, kind, format('%I.%I', schema_name, table_name) AS relation, schema_name AS "schemaName", table_name AS "tableName",
           original_name AS "originalName", archived_name AS "archivedName", archived_at AS "archivedAt"
      FROM ${ident(journal.schema)}.archive ORDER BY id`);
}

const describe = async (session: Session, journal: Journal): Promise<ArchiveDocument> => ({
  schema: 'lockkeeper.archive/1',
  archives: (await read(session, journal)).map(({ schemaName: _schema, tableName: _table, ...archive }) => archive),
});

async function find(session: Session, journal: Journal, id: number): Promise<Archive> {
  const found = (await read(session, journal)).find((a) => a.id === id);
  if (!found) throw archiveNotFound(id);
  return found;
}

/** While it is still there: meanwhile its migration may have gone back. In short tries, like every other step, so that nobody queues behind us. */
async function change(
  deps: Deps,
  session: Session,
  journal: Journal,
  id: number,
  work: Sql,
  refuse: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const archives = sql`${ident(journal.schema)}.archive`;
  for (let attempt = 1; ; attempt++) {
    try {
      const isDone = await session.transaction(async () => {
        await session.execute(sql`SET LOCAL lock_timeout = '100ms'`);
        if (!(await journal.takeTurn(session))) return false;
        await refuse();
        const gone = await session.query(sql`DELETE FROM ${archives} WHERE id = ${id} RETURNING id`);
        if (!gone.length) throw archiveNotFound(id);
        await session.execute(work);
        return true;
      });
      if (isDone) return;
      if (attempt === 100) throw turnNotHad(`archive ${id}`);
    } catch (error) {
      if (!isPassing(error) || attempt === 100) throw error;
    }
    await deps.clock.sleep(Math.min(2000, 50 * 1.3 ** attempt) * (0.5 + Math.random()), deps.signal);
  }
}
