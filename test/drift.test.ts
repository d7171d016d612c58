import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { applyMigration } from '../src/app/apply-migration.ts';
import { createLockkeeper } from '../src/app/lockkeeper.ts';
import { planMigration } from '../src/app/plan-migration.ts';
import type { Plan } from '../src/plan/plan.ts';
import { withDatabase } from './support/database.ts';
import { engineOn } from './support/engine.ts';

const before = readFileSync('examples/extract-json/before.sql', 'utf8');
const migration = 'examples/extract-json/migration.yaml';

it.each([
  ['a column of the source', 'ALTER TABLE users ADD COLUMN surprise int', 'public.users'],
  ['an index on a new table', 'CREATE INDEX surprise ON user_preferences (theme)', 'public.user_preferences'],
  ['a new table that is gone', 'DROP TABLE notification_preferences', 'public.notification_preferences'],
])('refuses to go on after somebody else changed %s, and names it', (_what, change, relation) =>
  withDatabase(before, async (db) => {
    const { apply } = engineOn(db.connect, migration);
    await apply('backfill');
    await db.run(change);
    const message: unknown = expect.stringContaining(relation);
    await expect(apply('dual-write')).rejects.toThrow(expect.objectContaining({ code: 'DRIFT', message }));
  }),
);

it('goes on when nobody changed anything, and after a rollback', () =>
  withDatabase(before, async (db) => {
    const { apply, rollback, approveAll } = engineOn(db.connect, migration);
    await apply('backfill');
    expect((await apply('switch')).outcome).toBe('reached');
    await approveAll();
    await rollback('backfill');
    expect((await apply('switch')).outcome).toBe('reached');
  }));

it('refuses a plan that was edited, or that is none', () =>
  withDatabase(before, async (db) => {
    const { deps } = engineOn(db.connect, migration);
    const lockkeeper = createLockkeeper({ connect: db.connect });
    const plan = await planMigration(deps, { migration });
    const edited = JSON.parse(JSON.stringify(plan).replaceAll('user_preferences', 'user_settings')) as Plan;
    for (const one of [edited, { ...plan, mappings: [] }, { ...plan, phases: undefined }] as Plan[])
      await expect(lockkeeper.apply(one, { to: 'expand' })).rejects.toMatchObject({ code: 'PLAN_STALE' });
    expect(await lockkeeper.apply(plan, { to: 'expand' })).toMatchObject({ outcome: 'reached' });
  }));

it('refuses a plan made before the table was changed', () =>
  withDatabase(before, async (db) => {
    const { apply, deps } = engineOn(db.connect, migration);
    const plan = await planMigration(deps, { migration });
    await db.run('ALTER TABLE users ADD COLUMN surprise int');
    const yes = () => Promise.resolve(true);
    await expect(applyMigration(deps, { plan }, { confirm: yes, confirmContract: yes })).rejects.toThrow(
      expect.objectContaining({ code: 'DRIFT' }),
    );
    expect((await apply('expand')).outcome).toBe('reached');
  }));

it('an event trigger that logs into a table by its bare name is named in the plan, and with what is told there it runs', () =>
  withDatabase(
    `${before};
    CREATE TABLE ddl_log (tag text);
    CREATE FUNCTION log_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO ddl_log VALUES (tg_tag); END $$;
    CREATE EVENT TRIGGER log_ddl ON ddl_command_end EXECUTE FUNCTION log_ddl()`,
    async (db) => {
      const { deps, apply, rollback, approveAll } = engineOn(db.connect, migration);
      const told = async () =>
        (await planMigration(deps, { migration })).notes.filter((note) => note.includes('event trigger'));
      const [note = ''] = await told();
      await expect(apply('expand')).rejects.toMatchObject({ code: '42P01' });
      await db.run(/ALTER FUNCTION .*$/.exec(note)?.[0] ?? '');
      expect(await told()).toEqual([]);
      expect((await apply('switch')).outcome).toBe('reached');
      await approveAll();
      expect((await rollback()).outcome).toBe('reached');
      expect(await db.rows(`SELECT FROM ddl_log WHERE tag = 'CREATE TABLE'`)).not.toEqual([]);
    },
  ));
