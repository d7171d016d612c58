import type { Session } from '../database/database.ts';
import { runNotFound } from '../journal/errors.ts';
import { isAlive } from '../execute/executor.ts';
import { approvedBy, checkGate } from '../execute/gates.ts';
import type { Journal, Run } from '../journal/journal.ts';
import { listMigrations } from '../migration/list-migrations.ts';
import { phaseNames, type Event } from '../events.ts';
import type { PlannedGate } from '../plan/plan.ts';
import { ident, sql } from '../sql/sql.ts';
import type { GateStatus, MigrationStatus, StatusDocument } from './documents.ts';
import { journalOf, type Deps } from './deps.ts';
import { refuseUnreadableJournal } from './journal-rights.ts';
import { nameOf } from './read-run.ts';

/** Where one migration stands, or all of them, those that only exist as files included. Reads only; works before the journal exists. */
export async function status(deps: Deps, { migration }: { readonly migration?: string }): Promise<StatusDocument> {
  const journal = journalOf(deps);
  const session = await deps.connect('read');
  try {
    const there = (await journal.version(session)) !== null;
    if (there) await refuseUnreadableJournal(session, journal.schema);
    const runs = there ? await journal.runs(session) : [];
    const authored = await listMigrations({ cwd: deps.config.cwd, directory: deps.config.migrations });
    const names = authored.migrations.map((m) => m.migration.name);
    const wanted = migration === undefined ? null : await nameOf(deps, migration);
    const chosen = runs.filter((r) => wanted === null || r.migration === wanted);
    const pending = names
      .filter((name) => !runs.some((r) => r.migration === name) && (wanted === null || name === wanted))
      .map(neverPlanned);
    if (wanted !== null && !chosen.length && !pending.length) throw runNotFound(wanted);
    const migrations: MigrationStatus[] = [];
    for (const run of chosen) migrations.push(await describeRun(deps, session, journal, run));
    return { schema: 'lockkeeper.status/1', migrations: [...migrations, ...pending] };
  } finally {
    await session.close();
  }
}

export const neverPlanned = (migration: string): MigrationStatus => ({
  migration,
  planHash: null,
  phase: null,
  state: 'pending',
  reason: null,
  phases: [],
  steps: [],
  backfill: [],
  gates: [],
  reads: { percent: 0 },
  quarantine: { open: 0, accepted: 0 },
  executor: null,
  updatedAt: null,
});

/** A run whose executor is gone did not end well, whatever it wrote last. */
function stateOf(run: Run, alive: boolean): Pick<MigrationStatus, 'state' | 'reason'> {
  if (run.state !== 'running') return { state: run.state, reason: run.reason };
  if (!alive) return { state: 'failed', reason: 'its executor is gone: run `apply` or `rollback` again, it goes on' };
  return { state: run.paused ? 'paused' : 'running', reason: run.reason };
}

/** Where a run stands. */
export async function describeRun(deps: Deps, session: Session, journal: Journal, run: Run): Promise<MigrationStatus> {
  const records = new Map((await journal.steps(session, run.id)).map((s) => [s.step, s]));
  const j = ident(journal.schema);
  const [counts] = await session.query<{ open: number; accepted: number; percent: number }>(sql`
    SELECT (SELECT count(*) FROM ${j}.quarantine WHERE migration = ${run.migration} AND state = 'open') AS open,
           (SELECT count(*) FROM ${j}.quarantine WHERE migration = ${run.migration} AND state = 'accepted') AS accepted,
           coalesce((SELECT percent::float8 FROM ${j}.reads WHERE migration = ${run.migration}), 0) AS percent`);
  const alive = await isAlive(session, run);
  return {
    migration: run.migration,
    planHash: run.planHash,
    phase: run.phase,
    ...stateOf(run, alive),
    phases: run.plan.phases.map((p) => ({
      name: p.name,
      done: run.phase !== null && phaseNames.indexOf(p.name) <= phaseNames.indexOf(run.phase),
    })),
    steps: run.plan.phases.flatMap((p) =>
      p.steps.map(({ id, phase, kind, title }) => {
        const record = records.get(id);
        return {
          id,
          phase,
          kind,
          title,
          state: record?.state ?? 'pending',
          attempts: record?.attempts ?? 0,
          lockWaitMs: record?.lockWaitMs ?? 0,
          lockHeldMs: record?.lockHeldMs ?? 0,
        };
      }),
    ),
    backfill: await backfills(session, journal, run),
    gates: await gates(deps, session, journal, run),
    reads: { percent: run.phase === 'contract' ? 100 : (counts?.percent ?? 0) },
    quarantine: { open: counts?.open ?? 0, accepted: counts?.accepted ?? 0 },
    executor: run.executor && { ...run.executor, alive },
    updatedAt: run.updatedAt,
  };
}

/** The last progress that was journaled, for each mapping. */
async function backfills(session: Session, journal: Journal, run: Run): Promise<MigrationStatus['backfill']> {
  const rows = await session.query<{ event: Extract<Event, { type: 'backfill.progressed' }> }>(sql`
    SELECT DISTINCT ON (event ->> 'mapping') event FROM ${ident(journal.schema)}.event
     WHERE run = ${run.id} AND event ->> 'type' = 'backfill.progressed' ORDER BY event ->> 'mapping', id DESC`);
  return rows.map(({ event: { type: _type, ...progress } }) => progress);
}

/** Gates that only look at the journal are checked now; those that read the whole table are told as the last run left them. */
async function gates(deps: Deps, session: Session, journal: Journal, run: Run): Promise<GateStatus[]> {
  const records = new Map((await journal.steps(session, run.id)).map((s) => [s.step, s]));
  const all = run.plan.phases.flatMap((p) => p.steps.filter((s): s is PlannedGate => s.kind === 'gate'));
  const found: GateStatus[] = [];
  for (const gate of all) {
    const base = { id: gate.id, phase: gate.phase, gate: gate.gate };
    if (records.get(gate.id)?.state === 'done') found.push({ ...base, open: true, why: 'passed', opensBy: '' });
    else if (gate.gate === 'parity' || gate.gate === 'quarantine')
      found.push({
        ...base,
        open: false,
        why: 'checked when the run comes to it',
        opensBy:
          gate.gate === 'parity' ? `lockkeeper verify ${run.migration}` : `lockkeeper quarantine list ${run.migration}`,
      });
    else
      found.push({ ...base, ...(await checkGate({ journal, plan: run.plan, clock: deps.clock, run }, session, gate)) });
  }
  return [...(await phaseApprovals(deps, session, journal, run)), ...found];
}

/** On a protected target each phase waits for a person. */
async function phaseApprovals(deps: Deps, session: Session, journal: Journal, run: Run): Promise<GateStatus[]> {
  if (!deps.config.protected) return [];
  const found: GateStatus[] = [];
  for (const { name } of run.plan.phases) {
    const gate = `phase-${name}`;
    const by = await approvedBy({ journal, plan: run.plan, run }, session, gate);
    const passed = run.phase !== null && phaseNames.indexOf(name) <= phaseNames.indexOf(run.phase);
    found.push({
      id: gate,
      phase: name,
      gate,
      open: passed || by !== null,
      why: passed ? 'passed' : by === null ? 'a person approves every phase here' : `approved by ${by}`,
      opensBy: passed || by !== null ? '' : `lockkeeper approve ${run.migration} ${gate} --note "…"`,
    });
  }
  return found;
}
