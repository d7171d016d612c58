import type { Queryable } from '../../src/database/database.ts';
import { qualified, sql } from '../../src/sql/sql.ts';

/** Every row of the user's tables as text without regard to the order of columns. Read without the code under test. */
export async function dataOf(db: Queryable): Promise<Record<string, string[]>> {
  const tables = await db.query<{ schema: string; name: string }>(sql`
    SELECT schemaname AS schema, tablename AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'lockkeeper') ORDER BY 1, 2`);
  const data: Record<string, string[]> = {};
  for (const table of tables) {
    const rows = await db.query<{ row: string }>(
      sql`SELECT to_jsonb(t)::text AS row FROM ${qualified(table)} AS t ORDER BY 1`,
    );
    data[`${table.schema}.${table.name}`] = rows.map(({ row }) => row);
  }
  return data;
}
