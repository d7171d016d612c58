import { describe, expect, it } from 'vitest';
import { planMigration } from '../src/app/plan-migration.ts';
import { verify } from '../src/app/verify.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { migrate } from './support/example.ts';
import { written } from './support/migration-file.ts';
import { stepped } from './support/stepped.ts';

// Our triggers are looked at before each phase and gate: what is not as it was left stops the run, and can be put back.

const users = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text, prefs jsonb);
  INSERT INTO users SELECT i, 'user ' || i, '{"theme": "dark"}' FROM generate_series(1, 100) i;`;
const extraction = (foreignKey = '') =>
  written(
    'prefs',
    `extract_json: { table: users, column: prefs, into: [{ table: user_prefs, columns: { theme: { type: text, from: theme } } }], remainder: drop${foreignKey} }`,
  );
const renaming = () => written('rename', 'rename_column: { table: users, from: email, to: mail }');

const triggersOn = async (db: TestDatabase, table: string) =>
  (
    await db.rows<{ name: string; function: string }>(
      `SELECT quote_ident(tgname) AS name, tgfoid::regproc::text AS function FROM pg_trigger WHERE tgrelid = '${table}'::regclass AND NOT tgisinternal AND tgname LIKE '~%' ORDER BY 1`,
    )
  ).map((t) => ({ ...t, table }));

type Trigger = Awaited<ReturnType<typeof triggersOn>>[number];

/** Each leaves writes unsynced. */
const tampering: Record<string, (t: Trigger) => string> = {
  missing: (t) => `DROP TRIGGER ${t.name} ON ${t.table}`,
  disabled: (t) => `ALTER TABLE ${t.table} DISABLE TRIGGER ${t.name}`,
  'not ENABLE ALWAYS': (t) => `ALTER TABLE ${t.table} ENABLE TRIGGER ${t.name}`,
  'given another body': (t) =>
    `CREATE OR REPLACE FUNCTION ${t.function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET row_security = off AS 'BEGIN RETURN NEW; END'`,
  'made to run with the rights of the caller': (t) => `ALTER FUNCTION ${t.function}() SECURITY INVOKER`,
  'given another search_path': (t) => `ALTER FUNCTION ${t.function}() SET search_path = public`,
  'given a setting of its own': (t) => `ALTER FUNCTION ${t.function}() SET TimeZone = 'Asia/Tokyo'`,
  'made to fire for TRUNCATE alone': (t) =>
    `DROP TRIGGER ${t.name} ON ${t.table}; CREATE TRIGGER ${t.name} AFTER TRUNCATE ON ${t.table} EXECUTE FUNCTION ${t.function}(); ALTER TABLE ${t.table} ENABLE ALWAYS TRIGGER ${t.name}`,
};

describe.each(Object.entries(tampering))('a trigger that was %s', (_what, tamper) => {
  it.each([
    { phase: 'backfill', next: 'dual-write', table: 'users' },
    { phase: 'dual-write', next: 'switch', table: 'users' },
    { phase: 'switch', next: 'contract', table: 'user_prefs' },
  ] as const)(
    'on $table after $phase stops the run, and `verify --repair` mends it',
    async ({ phase, next, table }) => {
      const migration = await extraction();
      await withDatabase(users, async (db) => {
        const m = migrate(db.connect, migration);
        await m.to(phase);
        const [first] = (await triggersOn(db, table)).filter((t) => !t.function.includes('truncate'));
        if (!first) throw new Error('There is no trigger.');
        await db.run(tamper(first));
        await db.run(`UPDATE users SET prefs = '{"theme": "light"}' WHERE id = 1; DELETE FROM users WHERE id = 2;
        INSERT INTO users VALUES (200, 'new', '{"theme": "x"}'); UPDATE users SET id = 300 WHERE id = 3`);
        await m.approveAll();
        await expect(m.apply(next)).rejects.toMatchObject({
          code: 'TRIGGERS_CHANGED',
          fix: expect.stringContaining('lockkeeper verify prefs --repair') as unknown,
        });
        const found = await m.verify();
        expect(found.triggers).toHaveLength(1);
        expect(found.ok).toBe(false);
        expect(await verify(m.deps, { migration, repair: true })).toMatchObject({ ok: true, triggers: [] });
        await db.run(`UPDATE users SET prefs = '{"theme": "again"}' WHERE id = 4`);
        await m.to(next);
        expect(await db.rows('SELECT theme FROM user_prefs WHERE user_id IN (1, 4, 300) ORDER BY user_id')).toEqual([
          { theme: 'light' },
          { theme: 'again' },
          { theme: 'dark' },
        ]);
        await m.back();
      });
    },
  );
});

const pins = {
  TimeZone: 'Asia/Tokyo',
  DateStyle: 'SQL, DMY',
  IntervalStyle: 'sql_standard',
  extra_float_digits: '0',
  array_nulls: 'off',
};
it.each([
  ...Object.entries(pins).flatMap(([name, value]) => [`SET ${name} = '${value}'`, `RESET ${name}`]),
  `SET work_mem = '64kB'`,
])(
  'a function that reads values as text and was given %s stops the run, and `verify --repair` mends it',
  async (change) => {
    const migration = await written(
      'prefs',
      'extract_json: { table: users, column: prefs, into: [{ table: user_prefs, columns: { seen: { type: timestamptz, from: seen } } }], remainder: drop }',
    );
    await withDatabase(users, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('dual-write');
      for (const trigger of [...(await triggersOn(db, 'users')), ...(await triggersOn(db, 'user_prefs'))]) {
        expect((await m.verify()).triggers).toEqual([]);
        await db.run(`ALTER FUNCTION ${trigger.function}() ${change}`);
        expect((await m.verify()).triggers.map((t) => t.problem)).toEqual(
          expect.arrayContaining(['has a function that runs with other rights or settings']),
        );
        expect(await verify(m.deps, { migration, repair: true })).toMatchObject({ ok: true, triggers: [] });
      }
      await m.to('switch');
      await m.back();
    });
  },
);

it('a column’s trigger that was disabled stops the run, and `verify --repair` mends it', async () => {
  const migration = await renaming();
  await withDatabase(users, async (db) => {
    const m = migrate(db.connect, migration);
    await m.to('switch');
    const [trigger] = await triggersOn(db, 'users');
    await db.run(
      `ALTER TABLE users DISABLE TRIGGER ${trigger?.name ?? ''}; UPDATE users SET email = 'changed' WHERE id = 1`,
    );
    await m.approveAll();
    await expect(m.apply('contract')).rejects.toMatchObject({ code: 'TRIGGERS_CHANGED' });
    expect(await verify(m.deps, { migration, repair: true })).toMatchObject({ ok: true });
    await m.to('contract');
    expect(await db.rows('SELECT mail FROM users WHERE id = 1')).toEqual([{ mail: 'changed' }]);
  });
});

it('triggers that were changed stop the way back too, while new code’s writes could be lost', async () => {
  const migration = await extraction();
  await withDatabase(users, async (db) => {
    const m = migrate(db.connect, migration);
    await m.to('switch');
    const [trigger] = (await triggersOn(db, 'user_prefs')).filter((t) => t.function.includes('reverse'));
    await db.run(`ALTER TABLE user_prefs DISABLE TRIGGER ${trigger?.name ?? ''}`);
    await expect(m.back()).rejects.toMatchObject({ code: 'TRIGGERS_CHANGED' });
    expect(await verify(m.deps, { migration, repair: true })).toMatchObject({ ok: true });
    await m.back();
  });
});

it('a trigger that is changed while a way back from contract is under way stops it before new tables go', async () => {
  const migration = await extraction();
  await withDatabase(users, async (db) => {
    await migrate(db.connect, migration).to('contract');
    const tampered = stepped(db.connect, async ({ when, text }) => {
      if (when !== 'before' || !text.includes('gate = ANY') || !text.includes('phase-switch')) return;
      const [trigger] = (await triggersOn(db, 'user_prefs')).filter((t) => t.function.includes('reverse'));
      await db.run(`ALTER TABLE user_prefs DISABLE TRIGGER ${trigger?.name ?? ''}`);
    });
    await expect(migrate(tampered, migration).back('expand')).rejects.toMatchObject({ code: 'TRIGGERS_CHANGED' });
    expect(await db.rows('SELECT count(*)::int AS n FROM user_prefs')).toEqual([{ n: 100 }]);
  });
});

describe('partitions', () => {
  const partitioned = `
    CREATE TABLE users (id bigint PRIMARY KEY, prefs jsonb) PARTITION BY RANGE (id);
    CREATE TABLE users_1 PARTITION OF users FOR VALUES FROM (0) TO (100);
    CREATE TABLE users_2 PARTITION OF users FOR VALUES FROM (100) TO (200);
    INSERT INTO users SELECT i, '{"theme": "dark"}' FROM generate_series(1, 199) i;`;
  const attach = `
    CREATE TABLE users_3 (id bigint PRIMARY KEY, prefs jsonb); INSERT INTO users_3 SELECT i, '{"theme": "attached"}' FROM generate_series(200, 250) i;
    ALTER TABLE users ATTACH PARTITION users_3 FOR VALUES FROM (200) TO (300)`;

  it('one that is attached between phases is noticed: its rows are asked for, its TRUNCATE is synced', async () => {
    const migration = await extraction(', foreign_key: false');
    await withDatabase(partitioned, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('switch');
      await db.run(attach);
      await m.approveAll();
      const stopped = await m.apply('contract');
      expect(stopped.closedGates.map((g) => g.gate)).toContain('parity');
      expect(await verify(m.deps, { migration, repair: true })).toMatchObject({ ok: true });
      await db.run('TRUNCATE users_3');
      expect(await m.verify()).toMatchObject({ ok: true, mappings: [{ compared: 199 }] });
      await m.to('contract');
      await db.run('CREATE TABLE users_4 PARTITION OF users FOR VALUES FROM (300) TO (400)');
      await m.back('switch');
      await db.run(`INSERT INTO users VALUES (301, '{"theme": "x"}')`);
      await db.run(`UPDATE user_prefs SET theme = 'y' WHERE user_id = 301`);
      expect(await db.rows('SELECT prefs FROM users WHERE id = 301')).toEqual([{ prefs: { theme: 'y' } }]);
      await m.back();
      expect(await db.rows(`SELECT FROM pg_trigger WHERE NOT tgisinternal`)).toEqual([]);
    });
  });

  it('one that came meanwhile gets its trigger, also when the way back is cut short before', async () => {
    const migration = await extraction(', foreign_key: false');
    await withDatabase(partitioned, async (db) => {
      await migrate(db.connect, migration).to('contract');
      await db.run('CREATE TABLE users_4 PARTITION OF users FOR VALUES FROM (300) TO (400)');
      const cut = stepped(db.connect, ({ when, text }) => {
        if (when === 'before' && /CREATE TRIGGER.*users_4/s.test(text)) throw new Error('cut');
        return Promise.resolve();
      });
      await expect(migrate(cut, migration).back('switch')).rejects.toThrow('users_4 failed');
      const m = migrate(db.connect, migration);
      await m.back('switch');
      await db.run(`INSERT INTO users VALUES (301, '{"theme": "x"}')`);
      await db.run('TRUNCATE users_4');
      expect(await m.verify()).toMatchObject({ ok: true });
    });
  });

  it('one that is attached during the backfill is copied before the phase ends', async () => {
    const migration = await extraction(', foreign_key: false');
    await withDatabase(partitioned, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('expand');
      await db.run(attach);
      await m.to('dual-write');
      expect(await m.verify()).toMatchObject({ ok: true, mappings: [{ compared: 250 }] });
      await db.run('TRUNCATE users_3');
      expect(await m.verify()).toMatchObject({ ok: true, mappings: [{ compared: 199 }] });
    });
  });

  it('one that is dropped, or detached and dropped, holds nothing up', async () => {
    const migration = await extraction(', foreign_key: false');
    await withDatabase(partitioned, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('dual-write');
      await db.run('DELETE FROM users_1; ALTER TABLE users DETACH PARTITION users_1; DROP TABLE users_1');
      await m.to('contract');
      await m.back('switch');
      expect(await m.verify()).toMatchObject({ ok: true });
      await m.back();
    });
  });

  it('a row trigger of one partition that was disabled stops the run', async () => {
    const migration = await extraction();
    await withDatabase(partitioned, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('dual-write');
      const [trigger] = (await triggersOn(db, 'users_2')).filter((t) => t.function.includes('forward'));
      await db.run(
        `ALTER TABLE users_2 DISABLE TRIGGER ${trigger?.name ?? ''}; UPDATE users_2 SET prefs = '{"theme": "missed"}' WHERE id = 150`,
      );
      await expect(m.apply('switch')).rejects.toMatchObject({ code: 'TRIGGERS_CHANGED' });
      expect(await verify(m.deps, { migration, repair: true })).toMatchObject({ ok: true });
      await m.to('switch');
    });
  });
});

describe('a table that a subscription feeds', () => {
  const subscribe = (table: string) => `
    CREATE SUBSCRIPTION "fed_${Math.random().toString(36).slice(2)}" CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false);
    INSERT INTO pg_subscription_rel SELECT oid, '${table}'::regclass, 'r' FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  const unsubscribe = `DO $$ DECLARE s name; BEGIN
    FOR s IN SELECT subname FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) LOOP
      EXECUTE format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', s); EXECUTE format('DROP SUBSCRIPTION %I', s);
    END LOOP; END $$`;

  it('is refused, itself or by a partition, before anything is changed', async () => {
    for (const [before, table] of [
      [users, 'users'],
      [
        `CREATE TABLE users (id bigint PRIMARY KEY, email text, prefs jsonb) PARTITION BY RANGE (id); CREATE TABLE users_1 PARTITION OF users DEFAULT`,
        'users_1',
      ],
    ] as const)
      await withDatabase(before, async (db) => {
        await db.run(subscribe(table));
        try {
          for (const migration of [await extraction(), await renaming()]) {
            const m = migrate(db.connect, migration);
            const refused = { code: 'TABLE_SUBSCRIBED', exitCode: 3 };
            await expect(planMigration(m.deps, { migration })).rejects.toMatchObject(refused);
            await expect(m.apply()).rejects.toMatchObject(refused);
          }
        } finally {
          await db.run(unsubscribe);
        }
      });
  });

  it('stops the run when that comes later', async () => {
    const migration = await extraction();
    await withDatabase(users, async (db) => {
      const m = migrate(db.connect, migration);
      await m.to('backfill');
      await db.run(subscribe('users'));
      try {
        await expect(m.apply('dual-write')).rejects.toMatchObject({ code: 'DRIFT' });
      } finally {
        await db.run(unsubscribe);
      }
    });
  });
});
