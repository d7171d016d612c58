import { randomBytes } from 'node:crypto';
import type { Session } from '../database/database.ts';
import { demoFailures, type DemoReport, STALL_LIMIT_MS } from '../report/demo-report.ts';
import { sql } from '../sql/sql.ts';
import { playActs } from './acts.ts';
import { firstView } from './demo-view.ts';
import { flagshipName } from './flagship.ts';
import { applicationRole, seed, type Seeded } from './seed.ts';
import { type DemoDeps, type DemoOptions, setStage } from './stage.ts';

/** What the demo's server must be started with. */
export const demoServerFlags = ['-c', 'shared_preload_libraries=pg_stat_statements'];

/** A demonstration of that many rows: short for a small table, about two minutes for a million. */
export const demoOptions = (rows: number): DemoOptions => ({
  rows,
  ratePerSecond: 400,
  connections: 16,
  baselineMs: rows < 200_000 ? 3000 : 10_000,
  soakMs: rows < 200_000 ? 1500 : 5000,
});

export interface Demonstration {
  readonly report: DemoReport;
  /** For --keep: how the application connects. */
  readonly application: { readonly role: string; readonly password: string };
}

/** Seeds, starts the application, takes the flagship through its life and reports. Throws only when it could not go on at all. */
export async function runDemo(deps: DemoDeps, options: DemoOptions): Promise<Demonstration> {
  const { clock, connect, onView } = deps;
  const startedAt = clock.now();
  const password = randomBytes(16).toString('hex');
  onView({ ...firstView, act: 'seeding' });
  const { seeded, serverVersion } = await withSession(connect('executor'), async (session) => ({
    seeded: await seed(session, options.rows, password),
    serverVersion: await version(session),
  }));
  const stage = await setStage(deps, options, password);
  try {
    const migrationStartedAt = clock.now();
    const played = await playActs(stage, options.rows, { clock, ...options });
    const durationMs = clock.now() - migrationStartedAt;
    const stalls = await stage.stopSampling();
    const { phases, series, kinds, ...application } = await stage.application.stop();
    const { verification, rollback, checks, repaired, accepted, open } = played;
    const report = {
      schema: 'lockkeeper.demo/1' as const,
      migration: flagshipName,
      rows: options.rows,
      serverVersion,
      startedAt: new Date(startedAt).toISOString(),
      durationMs,
      application: {
        ...application,
        ratePerSecond: options.ratePerSecond,
        transactions: kinds.reduce((sum, { transactions }) => sum + transactions, 0),
        errors: [...application.errors],
        kinds: [...kinds],
        checks,
      },
      latency: [...phases],
      series: [...series],
      stall: { ...stalls, limitMs: STALL_LIMIT_MS },
      steps: stage.recorded.steps,
      backfill: stage.recorded.backfill,
      verification,
      quarantine: { seeded: countable(seeded), found: stage.recorded.quarantined(), repaired, accepted, open },
      rollback,
    };
    const failures = demoFailures(report);
    const { schema, ...rest } = report;
    return {
      report: { schema, ok: failures.length === 0, failures, ...rest },
      application: { role: applicationRole, password },
    };
  } finally {
    await stage.strike();
  }
}

const countable = (seeded: Seeded): Record<string, number> => ({ ...seeded });

async function version(session: Session): Promise<string> {
  const [row] = await session.query<{ version: string }>(sql`SELECT current_setting('server_version') AS version`);
  return row?.version ?? 'unknown';
}

async function withSession<T>(opening: Promise<Session>, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await opening;
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
