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
        for (const i of step.installs) expected.set(`${i.relation.schema}.${i.relation.name}.${i.trigger}`, i);
  return [...expected.values()];
}

/** Triggers that are missing, disabled, not ENABLE ALWAYS, or whose function has another body. */
export async function checkTriggers(db: Queryable, expected: readonly Installed[]): Promise<TriggerProblem[]> {
  const problems: TriggerProblem[] = [];
  for (const e of expected) {
    const name = `${e.trigger} on ${e.relation.schema}.${e.relation.name}`;
    const [found] = await db.query<{ enabled: string; md5: string; schema: string; function: string }>(sql`
      SELECT t.tgenabled AS enabled, md5(p.prosrc) AS md5, pn.nspname AS schema, p.proname AS function
        FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
       WHERE n.nspname = ${e.relation.schema} AND c.relname = ${e.relation.name} AND t.tgname = ${e.trigger}`);
    if (!found) {
      // A partition that was dropped took its rows along.
      if (await isThere(db, e.relation)) problems.push({ name, problem: 'is missing' });
    } else if (found.enabled !== 'A') problems.push({ name, problem: 'is not enabled always' });
    else if (found.schema !== e.function.schema || found.function !== e.function.name || found.md5 !== e.bodyMd5)
      problems.push({ name, problem: 'has another function' });
  }
  return problems;
}

const isThere = async (db: Queryable, relation: RelationName): Promise<boolean> =>
  (await db.query<{ there: boolean }>(sql`SELECT to_regclass(${inline(qualified(relation))}) IS NOT NULL AS there`))[0]
    ?.there === true;
