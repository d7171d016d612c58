import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';

/** Does the work with names looked up as in a session of this role that sets nothing: for what a person wrote. */
export async function asPeopleLookUp<T>(db: Queryable, work: () => Promise<T>): Promise<T> {
  const [theirs] = await db.query<{ path: string | null }>(
    sql`SELECT current_setting('lockkeeper.search_path', true) AS path`,
  );
  return await withSetting(db, 'search_path', theirs?.path ?? '', work);
}

/** Does the work while one setting of the session is different, and puts it back. */
export async function withSetting<T>(db: Queryable, name: string, value: string, work: () => Promise<T>): Promise<T> {
  const [before] = await db.query<{ value: string }>(sql`SELECT current_setting(${name}) AS value`);
  const set = (to: string) => db.query(sql`SELECT set_config(${name}, ${to}, false)`);
  await set(value);
  const result = await work().catch(async (cause: unknown) => {
    // In a failed transaction nothing more can be set, and ROLLBACK puts it back.
    await set(before?.value ?? '').catch(() => undefined);
    throw cause;
  });
  await set(before?.value ?? '');
  return result;
}
