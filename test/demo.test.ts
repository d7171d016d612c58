import pg from 'pg';
import { expect, it } from 'vitest';
import { systemClock } from '../src/clock.ts';
import type { Connect, Session } from '../src/database/database.ts';
import type { DemoView } from '../src/demo/demo-view.ts';
import type { DemoEngine } from '../src/demo/demo-engine.ts';
import { misfitIds, misfitOf } from '../src/demo/misfits.ts';
import { runDemo } from '../src/demo/run-demo.ts';
import { seed } from '../src/demo/seed.ts';
import { sampleStalls } from '../src/demo/stall-sampler.ts';
import type { Event, PhaseName } from '../src/events.ts';
import { demoReportSchema } from '../src/report/demo-report.ts';
import { raw, sql } from '../src/sql/sql.ts';
import { withDatabase } from './support/database.ts';

it('seeds documents of every form, and knows by id which do not fit', () =>
  withDatabase('', async ({ connect }) => {
    const session = await connect('executor');
    expect(await seed(session, 1000, 'secret')).toEqual({
      items_per_page: 4,
      digest: 4,
      email: 4,
      array: 4,
      scalar: 4,
    });
    const kinds = await session.query<{ kind: string; rows: number }>(sql`
      SELECT coalesce(jsonb_typeof(preferences), 'NULL') AS kind, count(*)::int AS rows FROM users GROUP BY 1 ORDER BY 1`);
    expect(Object.fromEntries(kinds.map(({ kind, rows }) => [kind, rows]))).toMatchObject({
      ...{ NULL: 20, array: 4, null: 10, string: 4 },
    });
    const misfits = await session.query<{ id: number }>(sql`
      SELECT id::int FROM users
       WHERE jsonb_typeof(preferences) IN ('array', 'string')
          OR preferences ->> 'items_per_page' = 'many'
          OR preferences #>> '{notifications,digest}' = 'hourly'
          OR preferences #>> '{notifications,email}' = 'yes please' ORDER BY id`);
    expect(misfits.map(({ id }) => id)).toEqual(misfitIds(1000));
    expect(misfitOf(1001, 1000)).toBeNull();
    const [rights] = await session.query(sql`
      SELECT has_table_privilege('demo_app', 'users', 'SELECT, INSERT, UPDATE, DELETE') AS writes,
             has_table_privilege('demo_app', 'users', 'TRUNCATE') AS truncates,
             has_schema_privilege('demo_app', 'public', 'CREATE') AS creates`);
    expect(rights).toEqual({ writes: true, truncates: false, creates: false });
  }));

it('times a statement that queues behind one of our sessions, and no other wait', () =>
  withDatabase('', async ({ url, connect }) => {
    const open = async (application_name: string) => {
      const client = new pg.Client({ connectionString: url, application_name });
      await client.connect();
      return client;
    };
    const clients = await Promise.all([open('demo_app'), open('demo_app'), open('lockkeeper x executor')]);
    const [writer, reader, ours] = clients;
    await writer.query('CREATE TABLE t (); CREATE TABLE u ()');
    const watch = await connect('watch');
    const sampler = sampleStalls(watch, 'demo_app', () => 'here');

    await writer.query('BEGIN; LOCK t');
    const alone = reader.query('SELECT FROM t');
    await waiting(watch, 1);
    await writer.query('COMMIT');
    await alone;
    expect(sampler.longestMs()).toBe(0);

    await writer.query('BEGIN; SELECT FROM u');
    const queued = ours.query('BEGIN; LOCK u; COMMIT');
    await waiting(watch, 1);
    const behind = reader.query('SELECT FROM u');
    await expect.poll(() => sampler.longestMs(), { interval: 5 }).toBeGreaterThan(30);
    await writer.query('COMMIT');
    await Promise.all([queued, behind]);

    const stalls = await sampler.stop();
    expect(stalls).toMatchObject({ during: 'here', count: 1 });
    expect(stalls.longestMs).toBeGreaterThanOrEqual(30);
    await Promise.all(clients.map((client) => client.end()));
  }));

const waiting = (session: Session, count: number) =>
  expect
    .poll(() => session.query(sql`SELECT pid FROM pg_locks WHERE NOT granted AND relation IS NOT NULL`), {
      interval: 5,
    })
    .toHaveLength(count);

const options = { rows: 400, ratePerSecond: 200, connections: 8, baselineMs: 300, soakMs: 300 };

it('plays all acts and finds nothing wrong with a migration written by hand', () =>
  withDatabase('', async ({ url, connect }) => {
    const views: DemoView[] = [];
    const { report } = await runDemo(
      { url, connect, engine: handWritten(connect), clock: systemClock, onView: (view) => void views.push(view) },
      options,
    );
    expect(report.application.errors).toEqual([]);
    expect(report.failures).toEqual([]);
    expect(demoReportSchema.parse(report)).toEqual(report);
    expect(report.latency.map(({ label }) => label)).toEqual([
      ...['baseline', 'expand', 'backfill', 'dual-write', 'new version joins', 'switch'],
      ...['rollback to dual-write', 'switch again', 'contract'],
    ]);
    expect(report.application.kinds.map(({ kind }) => kind.split(':')[0])).toEqual(
      expect.arrayContaining(['old', 'new', 'both']),
    );
    expect(report.quarantine).toMatchObject({ repaired: 10, accepted: 10, open: 0 });
    expect(report.application.checks.at(-1)?.users).toBeGreaterThan(50);
    expect(views.at(-1)?.latency?.transactions).toBeGreaterThan(0);
  }));

it('fails when writes through the new shape do not reach the old one', () =>
  withDatabase('', async ({ url, connect }) => {
    const engine = handWritten(connect, 'DROP TRIGGER IF EXISTS reverse ON user_preferences');
    const { report } = await runDemo({ url, connect, engine, clock: systemClock, onView: () => {} }, options);
    expect(report.ok).toBe(false);
    expect(report.failures.join()).toMatch(/not what was acknowledged/);
  }));

const phases: Record<PhaseName, string> = {
  expand: `
    CREATE TABLE user_preferences (
      user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE, theme text DEFAULT 'system', language text, items_per_page int, other jsonb);
    CREATE TABLE notification_preferences (
      user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE, email boolean NOT NULL DEFAULT true, digest text);
    GRANT SELECT, INSERT, UPDATE, DELETE ON user_preferences, notification_preferences TO demo_app;
    CREATE SCHEMA lockkeeper;
    GRANT USAGE ON SCHEMA lockkeeper TO demo_app;
    CREATE TABLE lockkeeper.stub (percent int, phase text);
    INSERT INTO lockkeeper.stub VALUES (0, 'expand');
    CREATE FUNCTION lockkeeper.read_switch(text) RETURNS SETOF lockkeeper.stub
    LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM lockkeeper.stub'`,
  backfill: `
    CREATE FUNCTION copy(wanted bigint) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
      INSERT INTO user_preferences AS new (user_id, theme, language, items_per_page)
      SELECT id, coalesce(preferences ->> 'theme', 'system'), preferences ->> 'language',
             CASE WHEN pg_input_is_valid(preferences ->> 'items_per_page', 'int') THEN (preferences ->> 'items_per_page')::int END
        FROM users WHERE id = wanted
      ON CONFLICT (user_id) DO UPDATE
        SET theme = excluded.theme, language = excluded.language, items_per_page = excluded.items_per_page
        WHERE (new.theme, new.language, new.items_per_page)
              IS DISTINCT FROM (excluded.theme, excluded.language, excluded.items_per_page);
      INSERT INTO notification_preferences AS new (user_id, email, digest)
      SELECT id, CASE WHEN pg_input_is_valid(preferences #>> '{notifications,email}', 'boolean')
                      THEN coalesce((preferences #>> '{notifications,email}')::boolean, true) ELSE true END,
             preferences #>> '{notifications,digest}'
        FROM users WHERE id = wanted
      ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, digest = excluded.digest
        WHERE (new.email, new.digest) IS DISTINCT FROM (excluded.email, excluded.digest)
    $$;
    CREATE FUNCTION forward() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM copy(NEW.id);
        RETURN NULL;
      END
    $$;
    CREATE CONSTRAINT TRIGGER forward AFTER INSERT OR UPDATE ON users DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION forward();
    SELECT copy(id) FROM users`,
  'dual-write': `
    CREATE FUNCTION patch(wanted bigint, change jsonb) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
      UPDATE users SET preferences = CASE WHEN jsonb_typeof(preferences) = 'object' THEN preferences ELSE '{}' END || change
       WHERE id = wanted AND jsonb_typeof(coalesce(preferences, '{}')) IN ('object', 'null')
         AND NOT coalesce(preferences, '{}') @> change
    $$;
    CREATE FUNCTION reverse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM patch(NEW.user_id, jsonb_build_object('theme', NEW.theme, 'language', NEW.language, 'items_per_page', NEW.items_per_page));
        RETURN NULL;
      END
    $$;
    CREATE FUNCTION reverse_notifications() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM patch(NEW.user_id, jsonb_build_object('notifications', jsonb_build_object('email', NEW.email, 'digest', NEW.digest)));
        RETURN NULL;
      END
    $$;
    CREATE TRIGGER reverse AFTER INSERT OR UPDATE ON user_preferences FOR EACH ROW EXECUTE FUNCTION reverse();
    CREATE TRIGGER reverse AFTER INSERT OR UPDATE ON notification_preferences
      FOR EACH ROW EXECUTE FUNCTION reverse_notifications()`,
  switch: `NOTIFY lockkeeper_reads`,
  contract: `
    DROP TRIGGER forward ON users;
    DROP TRIGGER IF EXISTS reverse ON user_preferences;
    DROP TRIGGER reverse ON notification_preferences;
    ALTER TABLE users RENAME preferences TO preferences_archived`,
};

/** The least that moves the data without a stall: enough to show that the demonstration sees what it should. */
const handWritten =
  (connect: Connect, sabotage = '') =>
  async (): Promise<DemoEngine> => {
    const session = await connect('executor');
    await session.execute(sql`SET search_path = public`);
    let approved = false;
    let emit: (event: Event) => void = () => {};
    const reach = async (phase: PhaseName, percent: number, statements: string) => {
      const id = `${phase}/01-all`;
      emit({ type: 'step.started', step: id, title: phase, kind: 'ddl', direction: 'forward' });
      const marked = `UPDATE lockkeeper.stub SET percent = ${percent}, phase = '${phase}'`;
      const attempts = await patiently(session, `${statements}; ${marked}`);
      emit({ type: 'step.finished', step: id, attempts, ms: 1, lockWaitMs: 0, lockHeldMs: 0, direction: 'forward' });
    };
    return {
      apply: async (to) => {
        if (to === 'contract' && !approved)
          return {
            outcome: 'waiting',
            closedGates: [{ step: 'contract/01', gate: 'backup', why: 'nobody named one' }],
          };
        const extra = to === 'dual-write' && sabotage ? `; ${sabotage}` : '';
        await reach(to, to === 'switch' || to === 'contract' ? 100 : 0, phases[to] + extra);
        return { outcome: 'reached', closedGates: [] };
      },
      rollback: (to) => reach(to, 0, 'NOTIFY lockkeeper_reads'),
      verify: () => Promise.resolve({ ok: true, parity: [], lossless: [] }),
      quarantine: { list: () => Promise.resolve({ open: 0 }), accept: () => Promise.resolve(10) },
      approve: (gate) => Promise.resolve(void (approved = gate === 'backup')),
      onEvent: (listener) => void (emit = listener),
    };
  };

/** Asks for its locks only briefly, again and again, rather than have the application queue behind it. */
async function patiently(session: Session, statements: string): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      await session.transaction(() => session.execute(raw(`SET LOCAL lock_timeout = '50ms'; ${statements}`)));
      return attempt;
    } catch (error) {
      if ((error as { code?: unknown }).code !== '55P03') throw error;
      await systemClock.sleep(100);
    }
  }
}
