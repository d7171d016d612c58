import type { Queryable, Session } from '../database/database.ts';
import type { Event, PhaseName } from '../events.ts';
import type { Plan } from '../plan/plan.ts';
import { ident, sql, type Sql } from '../sql/sql.ts';
import { executorReplaced, journalTooNew } from './errors.ts';
import { createSchema, JOURNAL_VERSION, takeDefaultGrants, upgrades } from './install.ts';

export type RunState = 'planned' | 'running' | 'paused' | 'waiting' | 'failed' | 'done' | 'rolledBack';
export type StepState = 'running' | 'done' | 'undone' | 'failed';

/** What can be changed while a run is going on. */
export interface Settings {
  readonly workers?: number;
  readonly chunkMs?: number;
  readonly maxRowsPerSecond?: number | null;
  readonly maxReplicaLagMs?: number;
  readonly maxWalBytesPerSecond?: number | null;
  readonly maxTransactionAgeMs?: number | null;
}

export interface Owner {
  readonly host: string;
  readonly process: number;
  readonly backend: number;
  readonly since: string;
}

export interface Run {
  readonly id: number;
  readonly migration: string;
  readonly plan: Plan;
  readonly planHash: string;
  /** The last phase that is done, or null. */
  readonly phase: PhaseName | null;
  readonly state: RunState;
  readonly reason: string | null;
  readonly paused: boolean;
  readonly settings: Settings;
  readonly token: number;
  readonly executor: Owner | null;
  /** New code may have written through the new shape at some time. */
  readonly dualWritten: boolean;
  readonly switchedAt: string | null;
  readonly updatedAt: string;
}

export interface StepRecord {
  readonly step: string;
  readonly state: StepState;
  readonly attempts: number;
  readonly lockWaitMs: number;
  readonly lockHeldMs: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/** How one step went; written in the step's own transaction. */
export interface StepOutcome {
  readonly step: string;
  readonly state: StepState;
  readonly attempts: number;
  readonly lockWaitMs: number;
  readonly lockHeldMs: number;
}

const runColumns = sql`id, migration, plan, plan_hash AS "planHash", phase, state, reason, paused, settings, token, executor,
  dual_written AS "dualWritten", switched_at AS "switchedAt", updated_at AS "updatedAt"`;

/** Our records in the target database. The first argument of each says which session does it: some must share a step's transaction. */
export class Journal {
  readonly schema: string;
  readonly #j: Sql;

  constructor(schema: string) {
    this.schema = schema;
    this.#j = ident(schema);
  }

  /** The version found, or null when there is no journal. Refuses one that a newer program made unreadable for us. */
  async version(db: Queryable): Promise<number | null> {
    const [found] = await db.query<{ there: boolean }>(
      sql`SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${this.schema} AND c.relname = 'meta') AS there`,
    );
    if (!found?.there) return null;
    const [meta] = await db.query<{ version: number; minReader: number }>(
      sql`SELECT version, min_reader AS "minReader" FROM ${this.#j}.meta`,
    );
    if (meta && meta.minReader > JOURNAL_VERSION) throw journalTooNew(meta.version, JOURNAL_VERSION);
    return meta?.version ?? null;
  }

  /** Creates the journal, or brings an older one up to date, in one transaction. Two programs that start at once take turns. */
  async install(session: Session): Promise<void> {
    if ((await this.version(session)) === JOURNAL_VERSION) return;
    await session.transaction(async () => {
      await session.execute(
        sql`SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext(${`lockkeeper journal ${this.schema}`}))`,
      );
      const version = await this.version(session);
      if (version === null) await session.execute(createSchema(this.schema));
      for (const upgrade of upgrades(this.schema).slice(version ?? 0)) await session.execute(upgrade);
      // Of an older one, somebody may have given them.
      if (version === null) await session.execute(takeDefaultGrants(this.schema));
    });
  }

  async run(db: Queryable, migration: string): Promise<Run | null> {
    const [run] = await db.query<Run>(sql`SELECT ${runColumns} FROM ${this.#j}.run WHERE migration = ${migration}`);
    return run ?? null;
  }

  /** How far it is, without the plan, which may be long. */
  async progress(db: Queryable, run: Pick<Run, 'id'>): Promise<Pick<Run, 'phase' | 'switchedAt'>> {
    const [found] = await db.query<Pick<Run, 'phase' | 'switchedAt'>>(
      sql`SELECT phase, switched_at AS "switchedAt" FROM ${this.#j}.run WHERE id = ${run.id}`,
    );
    return found ?? { phase: null, switchedAt: null };
  }

  /** The run, if anything of it has been done and not been taken back. */
  async begunRun(db: Queryable, migration: string): Promise<Run | null> {
    if ((await this.version(db)) === null) return null;
    const run = await this.run(db, migration);
    return run && (await this.steps(db, run.id)).some((s) => s.state !== 'undone') ? run : null;
  }

  async runs(db: Queryable): Promise<Run[]> {
    return await db.query<Run>(sql`SELECT ${runColumns} FROM ${this.#j}.run ORDER BY id`);
  }

  /** Stores a plan that has not run. A plan of the same migration that never started is replaced. */
  async store(db: Queryable, plan: Plan): Promise<void> {
    await db.query(sql`
      INSERT INTO ${this.#j}.run AS r (migration, plan, plan_hash) VALUES (${plan.migration}, (${JSON.stringify(plan)}::text)::jsonb, ${plan.planHash})
      ON CONFLICT (migration) DO UPDATE SET plan = EXCLUDED.plan, plan_hash = EXCLUDED.plan_hash, state = 'planned', paused = false, phase = NULL, dual_written = false, switched_at = NULL, updated_at = now()
       WHERE NOT EXISTS (SELECT FROM ${this.#j}.step s WHERE s.run = r.id AND s.state <> 'undone')`);
    await db.query(
      sql`DELETE FROM ${this.#j}.step s USING ${this.#j}.run r WHERE r.id = s.run AND r.migration = ${plan.migration} AND r.state = 'planned'`,
    );
    for (const table of ['sweep', 'chunk'])
      await db.query(
        sql`DELETE FROM ${this.#j}.${ident(table)} s USING ${this.#j}.run r WHERE r.id = s.run AND r.migration = ${plan.migration} AND r.state = 'planned'`,
      );
  }

  /** Until the transaction ends, the only program that looks what is open and begins a run. False: another is at it. */
  async takeTurn(db: Queryable): Promise<boolean> {
    const [turn] = await db.query<{ had: boolean }>(
      sql`SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended(${`lockkeeper begin ${this.schema}`}, 0)) AS had`,
    );
    return turn?.had ?? false;
  }

  /** Makes this executor the only one whose journal writes count. */
  async claim(db: Queryable, run: number, owner: Omit<Owner, 'since'>): Promise<number> {
    const [claimed] = await db.query<{ token: number }>(sql`
      UPDATE ${this.#j}.run SET token = token + 1, state = 'running', reason = NULL, updated_at = now(),
             executor = jsonb_build_object('host', ${owner.host}::text, 'process', ${owner.process}::integer, 'backend', ${owner.backend}::integer, 'since', now())
       WHERE id = ${run} RETURNING token`);
    return claimed?.token ?? 0;
  }

  /** Holds the claim until the transaction ends; throws EXECUTOR_REPLACED when another executor has taken over. */
  async fence(db: Queryable, { id, token }: Pick<Run, 'id' | 'token'>): Promise<void> {
    const held = await db.query(sql`SELECT FROM ${this.#j}.run WHERE id = ${id} AND token = ${token} FOR SHARE`);
    if (!held.length) throw executorReplaced();
  }

  /** The run as it stays until the transaction ends: no phase is begun or left meanwhile. */
  async hold(db: Queryable, migration: string): Promise<Run | null> {
    await db.query(sql`SELECT FROM ${this.#j}.run WHERE migration = ${migration} FOR NO KEY UPDATE`);
    return await this.run(db, migration);
  }

  async setState(
    db: Queryable,
    run: Pick<Run, 'id' | 'token'>,
    change: { state: RunState; reason?: string | null; release?: true },
  ): Promise<void> {
    const updated = await db.query(sql`
      UPDATE ${this.#j}.run SET state = ${change.state}, reason = ${change.reason ?? null}, updated_at = now(),
             executor = CASE WHEN ${change.release ?? false} THEN NULL ELSE executor END
       WHERE id = ${run.id} AND token = ${run.token} RETURNING id`);
    if (!updated.length) throw executorReplaced();
  }

  /** `phase` is the last one done, null for none. */
  async setPhase(db: Queryable, run: Pick<Run, 'id' | 'token'>, phase: PhaseName | null): Promise<void> {
    const updated = await db.query(sql`
      UPDATE ${this.#j}.run SET phase = ${phase}, updated_at = now(), dual_written = dual_written OR ${phase === 'dual-write'}
       WHERE id = ${run.id} AND token = ${run.token} RETURNING id`);
    if (!updated.length) throw executorReplaced();
  }

  async setSwitched(db: Queryable, run: Pick<Run, 'id'>, at: { statements: unknown } | null): Promise<void> {
    await db.query(
      sql`UPDATE ${this.#j}.run SET switched_at = CASE WHEN ${at !== null} THEN now() END, statements_at_switch = (${at === null ? null : JSON.stringify(at.statements)}::text)::jsonb WHERE id = ${run.id}`,
    );
  }

  async statementsAtSwitch(db: Queryable, run: Pick<Run, 'id'>): Promise<unknown> {
    const [row] = await db.query<{ statements: unknown }>(
      sql`SELECT statements_at_switch AS statements FROM ${this.#j}.run WHERE id = ${run.id}`,
    );
    return row?.statements ?? null;
  }

  async setShapes(
    db: Queryable,
    run: Pick<Run, 'id'>,
    shapes: { readonly after: string; readonly shapes: Readonly<Record<string, string>> },
  ): Promise<void> {
    await db.query(
      sql`UPDATE ${this.#j}.run SET shapes = (${JSON.stringify(shapes)}::text)::jsonb WHERE id = ${run.id}`,
    );
  }

  async shapes(
    db: Queryable,
    run: Pick<Run, 'id'>,
  ): Promise<{ readonly after: string; readonly shapes: Readonly<Record<string, string>> } | null> {
    const [row] = await db.query<{ shapes: { after: string; shapes: Record<string, string> } | null }>(
      sql`SELECT shapes FROM ${this.#j}.run WHERE id = ${run.id}`,
    );
    return row?.shapes ?? null;
  }

  async steps(db: Queryable, run: number): Promise<StepRecord[]> {
    return await db.query<StepRecord>(sql`
      SELECT step, state, attempts, lock_wait_ms AS "lockWaitMs", lock_held_ms AS "lockHeldMs", started_at AS "startedAt", finished_at AS "finishedAt"
        FROM ${this.#j}.step WHERE run = ${run} ORDER BY started_at, step`);
  }

  async recordStep(db: Queryable, run: number, o: StepOutcome): Promise<void> {
    await db.query(sql`
      INSERT INTO ${this.#j}.step AS s (run, step, state, attempts, lock_wait_ms, lock_held_ms, finished_at)
      VALUES (${run}, ${o.step}, ${o.state}, ${o.attempts}, ${o.lockWaitMs}, ${o.lockHeldMs}, CASE WHEN ${o.state === 'done' || o.state === 'undone'} THEN clock_timestamp() END)
      ON CONFLICT (run, step) DO UPDATE SET state = EXCLUDED.state, attempts = EXCLUDED.attempts, lock_wait_ms = EXCLUDED.lock_wait_ms,
             lock_held_ms = EXCLUDED.lock_held_ms, finished_at = EXCLUDED.finished_at,
             started_at = CASE WHEN EXCLUDED.state = 'running' THEN now() ELSE s.started_at END`);
  }

  async recordEvent(db: Queryable, run: number, event: Event): Promise<void> {
    await db.query(
      sql`INSERT INTO ${this.#j}.event (run, event) VALUES (${run}, (${JSON.stringify(event)}::text)::jsonb)`,
    );
  }

  async setPaused(db: Queryable, migration: string, paused: boolean): Promise<boolean> {
    return (
      (
        await db.query(
          sql`UPDATE ${this.#j}.run SET paused = ${paused}, updated_at = now() WHERE migration = ${migration} RETURNING id`,
        )
      ).length > 0
    );
  }

  async tune(db: Queryable, migration: string, settings: Settings): Promise<Settings | null> {
    const [row] = await db.query<{ settings: Settings }>(
      sql`UPDATE ${this.#j}.run SET settings = settings || (${JSON.stringify(settings)}::text)::jsonb, updated_at = now() WHERE migration = ${migration} RETURNING settings`,
    );
    return row?.settings ?? null;
  }

  /** What a person changed while we run. */
  async controls(db: Queryable, run: number): Promise<{ paused: boolean; settings: Settings; token: number }> {
    const [row] = await db.query<{ paused: boolean; settings: Settings; token: number }>(
      sql`SELECT paused, settings, token FROM ${this.#j}.run WHERE id = ${run}`,
    );
    return row ?? { paused: false, settings: {}, token: -1 };
  }

  /** Everything captured so far has a number up to this. */
  async lastCaptured(db: Queryable, migration: string, mapping: string): Promise<number> {
    const [row] = await db.query<{ last: number }>(
      sql`SELECT coalesce(max(id), 0) AS last FROM ${this.#j}.dirty WHERE migration = ${migration} AND mapping = ${mapping}`,
    );
    return row?.last ?? 0;
  }

  /** At least as many as wait to be drained, without counting them. */
  async pendingAtMost(db: Queryable, migration: string, mapping: string): Promise<number> {
    const [row] = await db.query<{ span: number }>(
      sql`SELECT coalesce(max(id) - min(id) + 1, 0) AS span FROM ${this.#j}.dirty WHERE migration = ${migration} AND mapping = ${mapping}`,
    );
    return row?.span ?? 0;
  }

  /** How many captured writes wait to be drained, up to a number if one is given. */
  async pendingKeys(db: Queryable, migration: string, mapping: string, upTo: number | null = null): Promise<number> {
    const [row] = await db.query<{ pending: number }>(
      sql`SELECT count(*) AS pending FROM ${this.#j}.dirty WHERE migration = ${migration} AND mapping = ${mapping} AND (${upTo}::bigint IS NULL OR id <= ${upTo}::bigint)`,
    );
    return row?.pending ?? 0;
  }
}
