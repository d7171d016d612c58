import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import type { ListedTable } from './listed-table.ts';

/** Every table of people, partitions and ours left out. */
export const listTables = (db: Queryable, journal: string): Promise<ListedTable[]> =>
  db.query<ListedTable>(sql`
    SELECT n.nspname::text AS schema,
           c.relname::text AS name,
           array_agg(a.attname::text ORDER BY a.attnum) AS columns,
           coalesce(array_agg(a.attname::text ORDER BY a.attnum)
                      FILTER (WHERE a.atttypid IN ('json'::regtype, 'jsonb'::regtype)), '{}') AS json
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p')
       AND NOT c.relispartition
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', ${journal}::text)
       AND n.nspname !~ '^pg_(toast|temp)'
     GROUP BY n.nspname, c.relname
     ORDER BY n.nspname <> 'public', n.nspname, c.relname`);
