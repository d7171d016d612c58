import { loadModule, normalizeSync, parseSync } from 'libpg-query';
import type { Queryable } from '../database/database.ts';
import { ident, inline, qualified, sql, type RelationName, type Sql } from '../sql/sql.ts';
import type { AffectedStatement } from './affected-statement.ts';
import { findStatementStatistics } from './find-statement-statistics.ts';
import { findUses, type Uses } from './find-uses.ts';
import { ownMark } from './own-mark.ts';
import { asPeopleLookUp } from './with-setting.ts';
import type { Watched } from './statement-scope.ts';
import type { Tree } from './syntax-tree.ts';

/** A table, and the columns of it that change; no columns: every statement that names the table. */
export interface ChangedTable {
  readonly table: RelationName;
  readonly columns: readonly string[];
}

export interface StatementsRead {
  /** The most often called first; null when they cannot be known. */
  readonly statements: AffectedStatement[] | null;
  /** What the list rests on, or why there is none. */
  readonly why: string;
}

interface Counted {
  readonly query: string;
  readonly calls: number;
}

/** The application's statements that name what changes, as pg_stat_statements has counted them in this database. Never holds a constant. */
export async function readStatements(
  db: Queryable,
  changed: readonly ChangedTable[],
  { journal = 'lockkeeper' }: { readonly journal?: string } = {},
): Promise<StatementsRead> {
  const statistics = await findStatementStatistics(db);
  if (statistics.view === null) return { statements: null, why: statistics.why };
  await loadModule();
  const watched = await watch(db, changed);
  const counted = await readCounted(db, statistics.view, watched);
  const parsed = counted.map((statement) => ({ ...statement, tree: parse(statement.query) }));
  const statements = parsed.flatMap(({ query, calls, tree }) => {
    const uses = tree && findUses(tree, watched);
    return uses && !isOurs(query, uses, journal) && (uses.columns.size > 0 || uses.named)
      ? [affected(query, calls, uses)]
      : [];
  });
  const unparsed = parsed.filter(({ tree }) => tree === null).length;
  return { statements, why: basis(unparsed, await countHidden(db, statistics.view)) };
}

/** A name alone means the table unless this session's search_path finds another of that name: the application's own path is not recorded. */
async function watch(db: Queryable, changed: readonly ChangedTable[]): Promise<Watched[]> {
  const names = changed.map(({ table }) => inline(qualified(table)));
  const alone = changed.map(({ table }) => inline(ident(table.name)));
  const rows = await asPeopleLookUp(db, () =>
    db.query<{ visible: boolean }>(sql`
    SELECT coalesce(pg_catalog.to_regclass(alone) OPERATOR(pg_catalog.=) pg_catalog.to_regclass(name), true) AS visible
      FROM ROWS FROM (pg_catalog.unnest(${names}::pg_catalog.text[]), pg_catalog.unnest(${alone}::pg_catalog.text[]))
           WITH ORDINALITY AS asked (name, alone, place)
     ORDER BY place`),
  );
  return changed.map(({ table, columns }, i) => ({ ...table, columns, visible: rows[i]?.visible ?? true }));
}

/** Only those whose text holds a table's name at all: parsing is what takes time. */
const readCounted = (db: Queryable, view: Sql, watched: readonly Watched[]): Promise<Counted[]> =>
  db.query<Counted>(sql`
    SELECT min(s.query) AS query, sum(s.calls)::float8 AS calls
      FROM ${view} s
     WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND s.queryid IS NOT NULL
       AND EXISTS (
         SELECT FROM unnest(${watched.map((t) => t.name.replaceAll('"', '""'))}::text[]) AS name
          WHERE strpos(lower(s.query), lower(name)) > 0)
     GROUP BY s.queryid
     ORDER BY calls DESC, query`);

/** Statements of other roles, whose text only pg_read_all_stats may see. */
async function countHidden(db: Queryable, view: Sql): Promise<number> {
  const rows = await db.query<{ hidden: number }>(sql`
    SELECT count(*)::float8 AS hidden
      FROM ${view} s
     WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.queryid IS NULL`);
  return rows[0]?.hidden ?? 0;
}

/** null when it is not PostgreSQL's grammar. */
function parse(query: string): Tree | null {
  try {
    return parseSync(query).stmts?.[0]?.stmt ?? {};
  } catch {
    return null;
  }
}

const isOurs = (query: string, uses: Uses, journal: string) =>
  query.includes(inline(ownMark)) || uses.schemas.has(journal);

/** Now and then PostgreSQL keeps a statement with its constants, when its entry was evicted while it ran. */
const affected = (query: string, calls: number, uses: Uses): AffectedStatement => ({
  query: normalizeSync(query),
  calls,
  reads: uses.reads,
  writes: uses.writes,
  columns: [...uses.columns].sort(),
  failsOnce: uses.returnsAll,
});

function basis(unparsed: number, hidden: number): string {
  const parts = [
    'Read from pg_stat_statements of this server: what it has not seen, or has forgotten, is not here.',
    ...(unparsed > 0 ? [`${unparsed} statements that name the tables could not be parsed.`] : []),
    ...(hidden > 0 ? [`${hidden} statements of other roles are hidden (GRANT pg_read_all_stats shows them).`] : []),
  ];
  return parts.join(' ');
}
