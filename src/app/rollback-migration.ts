import { readStatements } from '../catalog/read-statements.ts';
import type { Session } from '../database/database.ts';
import { phaseNames, type PhaseName } from '../events.ts';
import { runBack } from '../execute/back.ts';
import { wrongPhase } from '../execute/errors.ts';
import { approvedBy } from '../execute/gates.ts';
import { runNotFound } from '../journal/errors.ts';
import type { Run } from '../journal/journal.ts';
import { ident, sql } from '../sql/sql.ts';
import type { Preview } from './apply-migration.ts';
import type { RunDocument } from './documents.ts';
import { journalOf, type Deps } from './deps.ts';
import { needsApproval, notConfirmed, purged } from './errors.ts';
import { nameOf } from './read-run.ts';
import { refuseOverlap } from './refuse-overlap.ts';
import { describeTarget } from './target-summary.ts';
import { withRun } from './with-run.ts';

export interface RollbackOptions {
  /** The phase that is still done afterwards; everything is taken back when left out. */
  readonly to?: PhaseName;
  readonly takeOver?: boolean;
  readonly confirm: (preview: Preview) => Promise<boolean>;
}

/** Takes a migration back to a phase, or altogether, without losing a write made through either shape. */
export async function rollbackMigration(
  deps: Deps,
  input: { readonly migration: string },
  options: RollbackOptions,
): Promise<RunDocument> {
  const migration = await nameOf(deps, input.migration);
  const journal = journalOf(deps);
  const read = await deps.connect('read', migration);
  let preview: Preview;
  try {
    const run = (await journal.version(read)) === null ? null : await journal.run(read, migration);
    if (!run || run.state === 'planned') throw runNotFound(migration);
    if (options.to && run.phase && phaseNames.indexOf(options.to) > phaseNames.indexOf(run.phase))
      throw wrongPhase(migration, run.phase, options.to);
    await refuseWhenPurged(read, journal.schema, run, options.to ?? null);
    const begun = new Set((await journal.steps(read, run.id)).filter((r) => r.state !== 'undone').map((r) => r.step));
    await refuseWhileNewCodeRuns(read, deps, run, options.to ?? null, begun);
    const keep = options.to ? phaseNames.indexOf(options.to) : -1;
    const phases = run.plan.phases
      .filter((p) => phaseNames.indexOf(p.name) > keep && p.steps.some((step) => begun.has(step.id)))
      .map((p) => p.name)
      .reverse();
    preview = { plan: run.plan, target: await describeTarget(read, run.plan), phases, firstTime: false };
  } finally {
    await read.close();
  }
  if (!(await options.confirm(preview))) throw notConfirmed(migration);
  const to = options.to ?? null;
  const document = await withRun(
    deps,
    {
      migration,
      direction: 'back',
      to: to ?? 'expand',
      takeOver: options.takeOver ?? false,
      prepare: async (session) => {
        const run = await journal.run(session, migration);
        if (!run) return;
        // Once more: somebody may have purged while a person was asked. From here on an open run keeps a purge away.
        await refuseWhenPurged(session, journal.schema, run, to);
        // One that is open keeps others away already.
        if (run.state === 'done') await refuseOverlap(session, journal, run.plan);
      },
    },
    async ({ context, limits }) => {
      const outcome = await runBack(context, { to, limits });
      if (outcome.outcome === 'reached' && to === null) await forget(context.session, journal.schema, migration);
      return outcome;
    },
  );
  return document;
}

/** The way back from contract needs the archived columns. */
async function refuseWhenPurged(db: Session, schema: string, run: Run, to: PhaseName | null): Promise<void> {
  if (run.phase !== 'contract' || to === 'contract' || !run.plan.removed.length) return;
  const kept = await db.query(
    sql`SELECT FROM ${ident(schema)}.archive WHERE migration = ${run.migration} AND kind = 'column'`,
  );
  if (kept.length < run.plan.removed.length) throw purged(run.migration);
}

/** Below dual-write the new tables go: code that uses them would fail. */
async function refuseWhileNewCodeRuns(
  db: Session,
  deps: Deps,
  run: Run,
  to: PhaseName | null,
  begun: ReadonlySet<string>,
): Promise<void> {
  if (!begun.size) return; // cut short after the last undo: it has only to be written down
  const below = to === null || phaseNames.indexOf(to) < phaseNames.indexOf('dual-write');
  if (!run.dualWritten || !below || !run.plan.mappings.length) return;
  if (await approvedBy({ journal: journalOf(deps), plan: run.plan, run }, db, 'new-code-gone')) return;
  const { statements, why } = await readStatements(
    db,
    [
      ...run.plan.newTables.map((table) => ({ table, columns: [] })),
      ...run.plan.removed
        .filter((r) => !run.plan.newTables.length && r.replacedBy)
        .map((r) => ({ table: r.table, columns: [r.replacedBy] })),
    ],
    { journal: deps.config.journalSchema },
  );
  const use =
    statements === null
      ? `whether code uses the new shape is not known: ${why}`
      : statements.length
        ? `${statements.length} statements have used the new shape, the most frequent: ${statements[0]?.query.slice(0, 120).replace(/\s+/g, ' ') ?? ''}`
        : 'no statement on the new shape was counted';
  throw needsApproval(run.migration, 'new-code-gone', `Code written for the new shape fails when it goes (${use}).`);
}

/** What only served this run; quarantine and archives stay for people. */
async function forget(session: Session, schema: string, migration: string): Promise<void> {
  for (const table of ['dirty', 'reads', 'approval'])
    await session.query(sql`DELETE FROM ${ident(schema)}.${ident(table)} WHERE migration = ${migration}`);
  await session.query(
    sql`UPDATE ${ident(schema)}.quarantine SET state = 'settled', settled_at = now() WHERE migration = ${migration} AND state <> 'settled'`,
  );
}
