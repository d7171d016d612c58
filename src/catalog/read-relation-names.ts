import type { Queryable } from '../database/database.ts';
import { sql, type RelationName } from '../sql/sql.ts';

/** Every name in use among the relations of these schemas. */
export const readRelationNames = (db: Queryable, schemas: readonly string[]): Promise<RelationName[]> =>
  db.query<RelationName>(sql`
    SELECT n.nspname::text AS schema, c.relname::text AS name
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ANY (${schemas}::text[])
     ORDER BY n.nspname, c.relname`);
