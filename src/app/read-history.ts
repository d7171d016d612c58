import type { Session } from '../database/database.ts';
import type { Event } from '../events.ts';
import type { Journal } from '../journal/journal.ts';
import { followUps, type MigrationDocument, toMigration } from '../migration/migration.ts';
import type { Plan } from '../plan/plan.ts';
import type { History, Recorded } from '../publication/history.ts';
import { ident, sql } from '../sql/sql.ts';
import type { Deps } from './deps.ts';
import { describeQuarantine } from './quarantine.ts';
import { describeRun, neverPlanned } from './status.ts';

const AT_MOST = 200;

const news: readonly Event['type'][] = [
  ...(['run.started', 'run.paused', 'run.resumed', 'run.finished', 'phase.finished'] as const),
  ...(['gate.opened', 'gate.closed', 'quarantine.found'] as const),
];

/** A step that waits, or is over: only the last of them says something. */
const steps: readonly Event['type'][] = ['step.waiting', 'horizon.waiting', 'step.finished'];

/** What the journal says of a migration, for its pages. Also before it has run. */
export async function readHistory(deps: Deps, session: Session, journal: Journal, plan: Plan): Promise<History> {
  const run = (await journal.version(session)) === null ? null : await journal.run(session, plan.migration);
  const next = followUps(toMigration(plan.document as MigrationDocument)).map((f) => f.migration.name);
  if (!run)
    return {
      status: neverPlanned(plan.migration),
      ...{ times: new Map(), events: [], quarantine: [], switchedAt: null, archives: 0 },
      followUps: next.map((migration) => ({ migration, done: false })),
    };
  const j = ident(journal.schema);
  const records = await journal.steps(session, run.id);
  const [archives] = await session.query<{ columns: number }>(
    sql`SELECT count(*) AS columns FROM ${j}.archive WHERE migration = ${run.migration} AND kind = 'column'`,
  );
  const followers: { migration: string; done: boolean }[] = [];
  for (const migration of next)
    followers.push({ migration, done: (await journal.run(session, migration))?.state === 'done' });
  return {
    status: await describeRun(deps, session, journal, run),
    times: new Map(records.map(({ step, startedAt, finishedAt }) => [step, { startedAt, finishedAt }])),
    events: await readEvents(session, journal, run.id),
    quarantine: (await describeQuarantine(session, run, journal, false)).groups,
    switchedAt: run.switchedAt,
    archives: archives?.columns ?? 0,
    followUps: followers,
  };
}

async function readEvents(session: Session, { schema }: Journal, run: number): Promise<readonly Recorded[]> {
  return await session.query<Recorded>(sql`
    SELECT at, event FROM (
      (SELECT id, at, event FROM ${ident(schema)}.event WHERE run = ${run} AND event ->> 'type' = ANY (${news}::text[]) ORDER BY id DESC LIMIT ${AT_MOST})
      UNION ALL
      (SELECT id, at, event FROM ${ident(schema)}.event WHERE run = ${run} AND event ->> 'type' = ANY (${steps}::text[]) ORDER BY id DESC LIMIT 1)
    ) e ORDER BY id`);
}
