import type { Dependant } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import { readStatements } from '../catalog/read-statements.ts';
import { statementCalls } from '../catalog/statement-calls.ts';
import type { Queryable } from '../database/database.ts';
import type { Plan, PlannedMapping } from '../plan/plan.ts';
import { inline, qualified, sql } from '../sql/sql.ts';

/** How often the old shape had been used at one moment. */
export interface OldShapeUse {
  /** null: pg_stat_statements could not be read. */
  readonly statements: Readonly<Record<string, number>> | null;
  readonly why: string;
  readonly since: string | null;
  readonly dealloc: number | null;
  /** Writes of the old column by the application, counted by our triggers, for each mapping. */
  readonly writes: Readonly<Record<string, number>>;
}

/** Statements that name an old column or read `*`, and writes of it, counted so far. */
export async function readOldShapeUse(db: Queryable, plan: Plan): Promise<OldShapeUse> {
  const { statements, why } = await readStatements(
    db,
    plan.mappings.map((m) => ({ table: m.source, columns: [m.column] })),
    { journal: plan.journal },
  );
  const calls = statements === null ? null : await statementCalls(db);
  const writes: Record<string, number> = {};
  for (const m of plan.mappings) writes[m.id] = await countWrites(db, m);
  return {
    statements:
      statements && Object.fromEntries(statements.filter((s) => s.columns.length > 0).map((s) => [s.query, s.calls])),
    why,
    since: calls?.since ?? null,
    dealloc: calls?.dealloc ?? null,
    writes,
  };
}

/** Views, functions and the like that use the old column: after contract they would show what nobody keeps up. */
export async function oldShapeUsers(db: Queryable, plan: Plan, mapping: PlannedMapping): Promise<readonly string[]> {
  const { tables } = await readCatalog(db, [mapping.source], { journal: plan.journal });
  const users = tables.flatMap((t) => t.dependants).filter((d) => d.columns.includes(mapping.column));
  return users.filter((d) => !carriedAlong.includes(d.kind)).map((d) => `${d.kind} ${d.name}`);
}

/** They say nothing to anybody. */
const carriedAlong: readonly Dependant['kind'][] = ['statistics', 'publication', 'foreign key'];

async function countWrites(db: Queryable, { oldWrites }: PlannedMapping): Promise<number> {
  if (!oldWrites) return 0;
  const [sequence] = await db.query<{ there: boolean }>(
    sql`SELECT to_regclass(${inline(qualified(oldWrites))}) IS NOT NULL AS there`,
  );
  if (!sequence?.there) return 0; // before expand, and after everything was taken back
  const [row] = await db.query<{ n: number }>(
    sql`SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS n FROM ${qualified(oldWrites)}`,
  );
  return row?.n ?? 0;
}

/** Whether anybody used the old shape between two readings; `unknown` when the statistics cannot say. */
export function usedBetween(
  before: OldShapeUse | null,
  now: OldShapeUse,
  mapping: string,
): { readonly verdict: 'unused' | 'used' | 'unknown'; readonly why: string } {
  if (!before) return { verdict: 'unknown', why: 'no reading was taken when the reads were switched' };
  const writes = (now.writes[mapping] ?? 0) - (before.writes[mapping] ?? 0);
  if (writes > 0)
    return { verdict: 'used', why: `the application wrote the old column ${writes} times since the switch` };
  if (!now.statements || !before.statements) return { verdict: 'unknown', why: now.why };
  if (now.since !== before.since) return { verdict: 'unknown', why: 'pg_stat_statements was reset since the switch' };
  if (now.dealloc !== before.dealloc)
    return { verdict: 'unknown', why: 'pg_stat_statements has forgotten statements since the switch' };
  const earlier = before.statements;
  const used = Object.entries(now.statements).filter(([query, calls]) => calls > (earlier[query] ?? 0));
  if (!used.length) return { verdict: 'unused', why: 'no statement named it and nobody wrote it since the switch' };
  return {
    verdict: 'used',
    why: `${used.length} statements named it since the switch, for example: ${used[0]?.[0].slice(0, 120).replace(/\s+/g, ' ') ?? ''}`,
  };
}
