import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import type { Table } from './catalog.ts';
import { groupByTable } from './group-by-table.ts';

type Reference = Table['referencedBy'][number];

/** Foreign keys of other tables that point here, once each, however many partitions either side has. */
export const readReferencedBy = async (
  db: Queryable,
  oids: readonly string[],
): Promise<ReadonlyMap<number, Reference[]>> =>
  groupByTable(
    await db.query<Reference & { table: number }>(sql`
      SELECT k.confrelid AS "table",
             n.nspname::text AS schema,
             c.relname::text AS name,
             k.conname::text AS "constraint",
             pg_get_constraintdef(k.oid) AS definition
        FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE k.confrelid = ANY (${oids}::oid[])
         AND k.contype = 'f' AND k.conparentid = 0 AND k.conrelid <> k.confrelid
       ORDER BY 1, n.nspname, c.relname, k.conname`),
  );
