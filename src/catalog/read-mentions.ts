import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import type { Dependant } from './catalog.ts';
import { groupByTable } from './group-by-table.ts';
import type { TableRow } from './read-tables.ts';

/** Functions whose source text holds the table's name as a word: PostgreSQL does not know what a PL/pgSQL body uses, so this may name too many. */
export const readMentions = async (
  db: Queryable,
  tables: readonly TableRow[],
  journal: string,
): Promise<ReadonlyMap<number, Dependant[]>> =>
  groupByTable(
    await db.query<Dependant & { table: number }>(sql`
      SELECT asked.oid AS "table", 'function' AS kind, p.oid::regprocedure::text AS name, '{}'::text[] AS columns
        FROM unnest(${tables.map((t) => String(t.oid))}::oid[], ${tables.map((t) => asWord(t.name))}::text[])
             AS asked (oid, word)
        JOIN pg_proc p ON p.prosrc ~* asked.word
        JOIN pg_namespace n ON n.oid = p.pronamespace
        JOIN pg_language l ON l.oid = p.prolang
       WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname <> ${journal}
         AND l.lanname NOT IN ('c', 'internal')
         AND NOT EXISTS (
           SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
       ORDER BY 1, 3`),
  );

/** A regular expression for a name, as it is or with its quotes doubled, that is not part of a longer one. */
function asWord(name: string): string {
  const literal = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return `(^|[^[:alnum:]_$])(${literal(name)}|${literal(name.replaceAll('"', '""'))})($|[^[:alnum:]_$])`;
}
