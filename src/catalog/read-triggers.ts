import type { Queryable } from '../database/database.ts';
import { sql, type RelationName } from '../sql/sql.ts';
import type { Trigger } from './catalog.ts';
import { groupByTable } from './group-by-table.ts';

interface TriggerRow extends Omit<Trigger, 'function'> {
  readonly table: number;
  readonly functionSchema: string;
  readonly functionName: string;
}

/** The tables' own triggers in the order they fire; those that run functions of the journal's schema are ours and left out. */
export async function readTriggers(
  db: Queryable,
  oids: readonly string[],
  journal: string,
): Promise<ReadonlyMap<number, Trigger[]>> {
  const rows = await db.query<TriggerRow>(sql`
    SELECT t.tgrelid AS "table",
           t.tgname::text AS name,
           pg_get_triggerdef(t.oid) AS definition,
           CASE t.tgenabled WHEN 'O' THEN 'origin' WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica' ELSE 'disabled' END
             AS enabled,
           n.nspname::text AS "functionSchema",
           p.proname::text AS "functionName"
      FROM pg_trigger t
      JOIN pg_proc p ON p.oid = t.tgfoid
      JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE t.tgrelid = ANY (${oids}::oid[]) AND NOT t.tgisinternal AND n.nspname <> ${journal}
     ORDER BY t.tgrelid, t.tgname COLLATE "C"`);
  return groupByTable<Trigger>(
    rows.map(({ functionSchema, functionName, ...row }) => ({
      ...row,
      function: functionOf(functionSchema, functionName),
    })),
  );
}

const functionOf = (schema: string, name: string): RelationName => ({ schema, name });
