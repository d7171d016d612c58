import type { Queryable } from '../database/database.ts';
import type { Plan } from '../plan/plan.ts';
import { inline, qualified, sql, type RelationName } from '../sql/sql.ts';
import type { Installed } from '../steps/step.ts';

export interface TriggerProblem {
  readonly name: string;
  readonly problem: string;
}

/** What must be there after these steps: a later step may have given a trigger another body. */
export function expectedTriggers(plan: Plan, done: ReadonlySet<string>): readonly Installed[] {
  const expected = new Map<string, Installed>();
  for (const phase of plan.phases)
    for (const step of phase.steps)
      if (done.has(step.id) && 'installs' in step)
        for (const i of step.installs) expected.set(JSON.stringify([i.leavesOf?.table ?? i.relation, i.trigger]), i);
  return [...expected.values()];
}

interface Found extends RelationName {
  readonly enabled: string | null;
  readonly type: number;
  readonly md5: string;
  readonly functionSchema: string;
  readonly function: string;
  readonly guarded: boolean;
}

/** Triggers that are missing, disabled, not ENABLE ALWAYS, fire for something else, or whose function was changed: on every partition there is now. */
export async function checkTriggers(db: Queryable, expected: readonly Installed[]): Promise<TriggerProblem[]> {
  const problems: TriggerProblem[] = [];
  for (const e of expected) {
    const found = await findTrigger(db, e);
    if (!found.length) problems.push({ name: nameOf(e, e.relation), problem: 'is gone with its table' });
    for (const one of found) {
      const problem = problemOf(e, one);
      if (problem) problems.push({ name: nameOf(e, one), problem });
    }
  }
  return problems;
}

/** Partitions that came after the plan was made and have no trigger for TRUNCATE yet. */
export async function leavesWithout(db: Queryable, e: Installed): Promise<readonly RelationName[]> {
  return e.leavesOf ? (await findTrigger(db, e)).filter((f) => f.enabled === null) : [];
}

const nameOf = (e: Installed, { schema, name }: RelationName) => `${e.trigger} on ${schema}.${name}`;

function problemOf(e: Installed, f: Found): string | null {
  if (f.enabled === null) return 'is missing';
  if (f.enabled !== 'A') return 'is not enabled always';
  if (f.type !== e.type) return 'fires for something else';
  if (f.functionSchema !== e.function.schema || f.function !== e.function.name || f.md5 !== e.bodyMd5)
    return 'has another function';
  return f.guarded ? null : 'has a function that runs with other rights or settings';
}

/** The settings that `pinned` adds; the order of day and month is the server's, as is what follows the usual ones, and what an older program made has only the first four. */
const areOurs = sql`p.proconfig[3] = 'TimeZone=UTC' AND p.proconfig[4] ~ '^DateStyle=ISO, [DMY]{3}$' AND p.proconfig[5:6] = ARRAY['IntervalStyle=postgres', 'extra_float_digits=1']
             AND p.proconfig[7:9] IN ('{}', ARRAY['bytea_output=hex', 'array_nulls=on', 'standard_conforming_strings=on'])
             AND NOT EXISTS (SELECT FROM unnest(p.proconfig[10:]) AS more WHERE more !~ '^(xmloption=content|xmlbinary=base64|lc_(monetary|numeric|time)=.*|default_text_search_config=.*)$')`;

/** On the table itself and its partitions, which get row triggers from it; or only on the leaves. */
const findTrigger = (db: Queryable, e: Installed): Promise<Found[]> =>
  db.query<Found>(sql`
    WITH root AS (SELECT to_regclass(${inline(qualified(e.leavesOf?.table ?? e.relation))}) AS oid)
    SELECT n.nspname::text AS schema, c.relname::text AS name, t.tgenabled::text AS enabled, t.tgtype::int AS type, md5(p.prosrc) AS md5,
           pn.nspname::text AS "functionSchema", p.proname::text AS function,
           p.prosecdef AND p.proconfig[:2] = ARRAY['search_path=pg_catalog, pg_temp', 'row_security=off'] AND ${e.pinned ? areOurs : sql`p.proconfig[3:] = '{}'`} AS guarded
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = ${e.trigger}
      LEFT JOIN pg_proc p ON p.oid = t.tgfoid
      LEFT JOIN pg_namespace pn ON pn.oid = p.pronamespace
     WHERE c.relkind IN (${e.leavesOf ? sql`'r'` : sql`'r', 'p'`})
       AND (c.oid = (SELECT oid FROM root) OR c.oid IN (SELECT relid FROM pg_partition_tree((SELECT oid FROM root))))
     ORDER BY 1, 2`);
