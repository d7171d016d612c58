import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';

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
