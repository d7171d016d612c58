import { describe, expect, it } from 'vitest';
import { inspect } from '../src/app/inspect.ts';
import { planMigration } from '../src/app/plan-migration.ts';
import { status } from '../src/app/status.ts';
import { verify } from '../src/app/verify.ts';
import type { PhaseName } from '../src/events.ts';
import { engineOn } from './support/engine.ts';
import { migrate } from './support/example.ts';
import { written } from './support/migration-file.ts';
import { withRoles } from './support/roles.ts';

const phases: readonly PhaseName[] = ['expand', 'backfill', 'dual-write', 'switch', 'contract'];

const ownedBy = (tables: string) => `
  DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO $owner', current_database()); END $$;
  GRANT CREATE ON SCHEMA public TO $owner;
  SET ROLE $owner; ${tables}; RESET ROLE;`;

/** As it is from 15 on. */
const nobodyCreates = 'REVOKE CREATE ON SCHEMA public FROM PUBLIC;';

const users = `${nobodyCreates}${ownedBy(`
  CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb);
  INSERT INTO users SELECT i, 'user ' || i, '{"theme": "dark", "size": 3, "beta": true}' FROM generate_series(1, 200) i;
  INSERT INTO users VALUES (201, 'odd', '{"size": "many"}'), (202, 'none', NULL), (203, 'array', '[1]');
  GRANT SELECT, INSERT, UPDATE, DELETE ON users TO $app;
  GRANT SELECT ON users TO $reader`)}`;

const extraction = () =>
  written(
    'prefs',
    `extract_json: { table: users, column: preferences, into: [{ table: user_prefs, columns: {
        theme: { type: text, from: theme, default: system }, size: { type: integer, from: size, index: true } } }],
        remainder: { table: user_prefs, column: other } }`,
  );

/** All objects of the database, and who owns them. */
const objects = `
  SELECT 'relation' AS kind, oid::bigint AS oid, relname::text AS name FROM pg_class
   UNION ALL SELECT 'function', oid::bigint, proname FROM pg_proc
   UNION ALL SELECT 'schema', oid::bigint, nspname FROM pg_namespace
   UNION ALL SELECT 'type', oid::bigint, typname FROM pg_type
   ORDER BY 1, 2`;

describe('an application that owns nothing, and an executor that is no superuser', () => {
  it('extract_json: writes through both shapes in every phase, and on the way back', async () => {
    const migration = await extraction();
    await withRoles(['owner', 'app', 'reader'], users, async (db, { owner, app }) => {
      const m = migrate(owner.connect, migration);
      const client = await app.session();
      const old = async (id: number) => {
        await client.do(`INSERT INTO users VALUES (${id}, 'new', '{"theme": "red", "z": 1}');
          UPDATE users SET preferences = preferences || '{"size": 9}' WHERE id = ${id} + 1 - 1000;
          UPDATE users SET id = ${id + 500} WHERE id = ${id}; DELETE FROM users WHERE id = ${id - 900}`);
      };
      const changed = async (id: number) => {
        await client.do(`UPDATE user_prefs SET theme = 'blue', size = 4 WHERE user_id = ${id};
          UPDATE user_prefs SET other = '{"k": 1}' WHERE user_id = ${id + 1}; DELETE FROM user_prefs WHERE user_id = ${id + 2}`);
      };
      for (const [i, phase] of phases.entries()) {
        await m.to(phase);
        if (phase !== 'contract') await old(1000 + i);
        if (i > 1) await changed(10 * i);
        if (i > 1 && i < 4) expect(await m.verify()).toMatchObject({ ok: true });
      }
      await m.back('switch');
      await old(1030);
      await changed(120);
      expect(await m.verify()).toMatchObject({ ok: true });
      await m.back();
      expect(await db.rows('SELECT preferences FROM users WHERE id = 120')).toEqual([
        { preferences: { theme: 'blue', size: 4, beta: true } },
      ]);
    });
  });

  it('change_column_type and rename_column: the same', async () => {
    const operations = {
      cents:
        'change_column_type: { table: users, column: price, to: cents, type: integer, up: round(price * 100), down: cents / 100.0 }',
      rename: 'rename_column: { table: users, from: price, to: cents }',
    };
    for (const [name, operation] of Object.entries(operations)) {
      const migration = await written(name, operation);
      const before = ownedBy(`CREATE TABLE users (id bigint PRIMARY KEY, price numeric, seen int);
        CREATE INDEX users_price ON users (price);
        INSERT INTO users SELECT i, i FROM generate_series(1, 200) i;
        GRANT SELECT (id, price), UPDATE (price, seen), INSERT, DELETE ON users TO $app`);
      await withRoles(['owner', 'app'], before, async (db, { owner, app }) => {
        const m = migrate(owner.connect, migration);
        const client = await app.session();
        for (const [i, phase] of phases.entries()) {
          await m.to(phase);
          if (phase !== 'contract') await client.do(`UPDATE users SET price = 1000 + ${i} WHERE id = ${i + 1}`);
          if (i > 1) await client.do(`UPDATE users SET cents = 7 WHERE id = ${i + 20}`);
          await client.do(
            `UPDATE users SET seen = 1 WHERE id = 50; SELECT id, ${i > 1 ? 'cents' : 'price'} FROM users`,
          );
          await expect(client.do('SELECT seen FROM users')).rejects.toThrow('permission denied');
        }
        await m.back('dual-write');
        await client.do(`UPDATE users SET price = 5 WHERE id = 9; UPDATE users SET cents = 8 WHERE id = 10`);
        expect(await m.verify()).toMatchObject({ ok: true });
        await m.back();
        expect(await db.rows('SELECT price FROM users WHERE id IN (1, 9) ORDER BY id')).toEqual([
          { price: expect.anything() as unknown },
          { price: expect.anything() as unknown },
        ]);
      });
    }
  });
});

describe('a role that may only read', () => {
  it('plans, inspects, verifies and asks for the status, and leaves nothing behind', async () => {
    const migration = await extraction();
    await withRoles(['owner', 'app', 'reader'], users, async (db, { owner, reader }) => {
      const m = migrate(owner.connect, migration);
      const { deps } = engineOn(reader.connect, migration);
      const leavesNothing = async <T>(work: () => Promise<T>): Promise<T> => {
        const before = await db.rows(objects);
        const result = await work();
        expect(await db.rows(objects)).toEqual(before);
        return result;
      };
      const plan = await leavesNothing(() => planMigration(deps, { migration }));
      expect(plan.misfits).toHaveLength(2);
      expect(plan.missing.map(({ grant }) => grant.replaceAll(/_[0-9a-f]{8}/g, ''))).toEqual([
        expect.stringMatching(/^GRANT CREATE ON DATABASE ".*" TO "reader";$/),
        'GRANT "owner" TO "reader";',
        'GRANT CREATE ON SCHEMA "public" TO "reader";',
      ]);
      await leavesNothing(() => inspect(deps, { table: 'users', column: 'preferences', showValues: true }));
      await leavesNothing(() => status(deps, {}));
      await m.to('dual-write');
      const refused = (await leavesNothing(() => status(deps, {})).catch((error: unknown) => error)) as {
        code: string;
        fix: string;
      };
      expect(refused.code).toBe('PERMISSION_MISSING');
      await db.run(refused.fix);
      expect((await leavesNothing(() => status(deps, {}))).migrations[0]).toMatchObject({ phase: 'dual-write' });
      expect(await leavesNothing(() => verify(deps, { migration, repair: false }))).toMatchObject({ ok: true });
      expect((await leavesNothing(() => planMigration(deps, { migration }))).planHash).toBe(plan.planHash);
      const client = await reader.session();
      await expect(client.do('SELECT original FROM lockkeeper.quarantine')).rejects.toThrow('permission denied');
      await expect(client.do('SELECT key FROM lockkeeper.dirty')).rejects.toThrow('permission denied');
    });
  });

  it('is told what to grant when it may not read the table, and nothing else comes of it', async () => {
    const migration = await extraction();
    const cents = await written(
      'cents',
      'change_column_type: { table: users, column: email, to: mail, type: varchar(50) }',
    );
    await withRoles(['owner', 'app', 'reader', 'stranger'], users, async (db, { stranger }) => {
      for (const file of [migration, cents]) {
        const plan = await planMigration(engineOn(stranger.connect, file).deps, { migration: file });
        expect(plan.misfits).toBeNull();
        expect(plan.missing).toContainEqual({
          what: 'read public.users',
          grant: `GRANT SELECT ON "public"."users" TO "${stranger.name}";`,
        });
        await expect(engineOn(stranger.connect, file).apply()).rejects.toMatchObject({ code: 'PERMISSION_MISSING' });
      }
      expect(await db.rows(`SELECT FROM pg_namespace WHERE nspname = 'lockkeeper'`)).toEqual([]);
    });
  });
});

it('plan names every missing right with the statement that gives it: typed as written, they are enough', async () => {
  const migration = await written(
    'prefs',
    `extract_json: { table: app.users, column: preferences, into: [{ table: other.user_prefs, columns: {
        theme: { type: text, from: theme } } }], remainder: drop }`,
  );
  const before = `
    CREATE SCHEMA app; CREATE SCHEMA other;
    CREATE TABLE app.users (id bigint PRIMARY KEY, tenant int, preferences jsonb);
    INSERT INTO app.users SELECT i, 1, '{"theme": "dark"}' FROM generate_series(1, 20) i;
    ALTER TABLE app.users OWNER TO $owner;
    ALTER TABLE app.users ENABLE ROW LEVEL SECURITY; ALTER TABLE app.users FORCE ROW LEVEL SECURITY;
    CREATE POLICY mine ON app.users USING (tenant = 1)`;
  await withRoles(['owner', 'deployer'], before, async (db, { deployer }) => {
    const m = migrate(deployer.connect, migration);
    const { deps } = engineOn(deployer.connect, migration);
    const { missing } = await planMigration(deps, { migration });
    const refused: unknown = await m.apply().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'PERMISSION_MISSING', fix: missing.map((x) => x.grant).join(' ') });
    for (const { grant } of missing) await db.run(grant);
    expect((await planMigration(deps, { migration })).missing).toEqual([]);
    await m.to('contract');
    await m.back();
  });
});

describe('row-level security', () => {
  const tenants = ownedBy(`
    CREATE TABLE users (id bigint PRIMARY KEY, tenant text NOT NULL, preferences jsonb, seen int);
    INSERT INTO users SELECT i, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END, jsonb_build_object('theme', 'of ' || i, 'size', i) FROM generate_series(1, 100) i;
    GRANT SELECT, INSERT, UPDATE, DELETE ON users TO $app;
    ALTER TABLE users ENABLE ROW LEVEL SECURITY; ALTER TABLE users FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON users USING (tenant = current_setting('app.tenant', true))`);

  it('no tenant reads or writes another one’s rows, through either shape, in any phase and on the way back', async () => {
    const migration = await extraction();
    const before =
      tenants.replace('$app;', '$app; GRANT SELECT ON users TO $reader;') + '; ALTER ROLE $owner BYPASSRLS';
    await withRoles(['owner', 'app', 'reader'], before, async (db, { owner, app }) => {
      const m = migrate(owner.connect, migration);
      const [a, b] = [await app.session(`SET app.tenant = 'a'`), await app.session(`SET app.tenant = 'b'`)];
      const count = async (client: typeof a, query: string) => (await client.do(query)).length;
      let next = 1000;
      const probe = async (phase: string) => {
        const old = phase !== 'contract';
        const fresh = ['dual-write', 'switch', 'contract'].some((p) => phase.startsWith(p));
        const before = await db.rows<{ id: number }>(
          `SELECT id, ${old ? 'preferences' : '1 AS x'} FROM users WHERE tenant = 'b' ORDER BY id`,
        );
        const shape = async () =>
          fresh
            ? await db.rows(
                `SELECT p.* FROM user_prefs p JOIN users u ON u.id = p.user_id WHERE tenant = 'b' ORDER BY 1`,
              )
            : [];
        const prefs = await shape();
        // What is theirs they may do.
        next += 10;
        if (old) {
          await a.do(`INSERT INTO users (id, tenant, preferences) VALUES (${next}, 'a', '{"theme": "mine"}'), (${next + 1}, 'a', NULL);
            UPDATE users SET preferences = '{"theme": "changed"}'; UPDATE users SET id = ${next + 2} WHERE id = ${next};
            DELETE FROM users WHERE id = ${next + 1}`);
          expect(await count(a, `SELECT FROM users WHERE tenant <> 'a'`)).toBe(0);
          await expect(a.do(`INSERT INTO users (id, tenant) VALUES (${next + 5}, 'b')`)).rejects.toThrow('row-level');
          await expect(a.do(`UPDATE users SET tenant = 'b' WHERE id = 2`)).rejects.toThrow('row-level');
        }
        if (fresh) {
          await a.do(
            `UPDATE user_prefs SET theme = 'new', size = 1; UPDATE user_prefs SET other = '{"q": 1}' WHERE user_id = 2`,
          );
          await a.do(`DELETE FROM user_prefs WHERE user_id = 4`);
          expect(await count(a, `SELECT FROM user_prefs p WHERE user_id % 2 = 1 AND user_id <= 100`)).toBe(0);
          expect(await count(a, `UPDATE user_prefs SET theme = 'stolen' WHERE user_id = 1 RETURNING 1`)).toBe(0);
          expect(await count(a, `DELETE FROM user_prefs WHERE user_id IN (1, 3, 5) RETURNING 1`)).toBe(0);
          await expect(a.do(`UPDATE user_prefs SET user_id = 1 WHERE user_id = 2`)).rejects.toThrow();
          await expect(a.do(`INSERT INTO user_prefs (user_id, theme) VALUES (1, 'x')`)).rejects.toThrow('row-level');
          await expect(
            a.do(
              `INSERT INTO user_prefs (user_id, theme) VALUES (1, 'x') ON CONFLICT (user_id) DO UPDATE SET theme = 'x'`,
            ),
          ).rejects.toThrow('row-level');
          expect(await count(b, 'SELECT FROM user_prefs')).toBe(await count(b, 'SELECT FROM users'));
        }
        expect(
          await db.rows(`SELECT id, ${old ? 'preferences' : '1 AS x'} FROM users WHERE tenant = 'b' ORDER BY id`),
        ).toEqual(before);
        expect(await shape()).toEqual(prefs);
        // Somebody who says no tenant sees nothing at all.
        const nobody = await app.session();
        expect(await count(nobody, fresh ? 'SELECT FROM user_prefs' : 'SELECT FROM users')).toBe(0);
        await nobody.close();
      };
      for (const phase of phases) {
        await m.to(phase);
        await probe(phase);
        if (phase === 'dual-write' || phase === 'switch') expect(await m.verify()).toMatchObject({ ok: true });
      }
      await m.back('switch');
      await probe('switch, back');
      expect(await m.verify()).toMatchObject({ ok: true });
      await m.back('dual-write');
      await probe('dual-write, back');
      await m.back();
      await probe('the beginning');
      // What was put away keeps its policies.
      const [kept] = await db.rows<{ name: string }>(
        `SELECT archived_name AS name FROM lockkeeper.archive WHERE kind = 'table'`,
      );
      if (kept) expect(await count(a, `SELECT FROM lockkeeper."${kept.name}" WHERE user_id = 1`)).toBe(0);
    });
  });

  it('holds from the moment a new table exists, under the source’s other roles and restrictive policies too', async () => {
    const migration = await extraction();
    const before = ownedBy(`
      CREATE TABLE users (id bigint PRIMARY KEY, tenant text, secret boolean NOT NULL DEFAULT false, preferences jsonb);
      INSERT INTO users SELECT i, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END, i % 10 = 0, '{"theme": "x"}' FROM generate_series(1, 100) i;
      GRANT SELECT, INSERT, UPDATE, DELETE ON users TO $app, $auditor;
      ALTER TABLE users ENABLE ROW LEVEL SECURITY;
      CREATE POLICY tenant ON users TO $app USING (tenant = current_setting('app.tenant', true));
      CREATE POLICY every ON users TO $auditor USING (true);
      CREATE POLICY no_secrets ON users AS RESTRICTIVE USING (NOT secret)`);
    await withRoles(['owner', 'app', 'auditor', 'stranger'], before, async (db, roles) => {
      const m = migrate(roles.owner.connect, migration);
      await m.to('dual-write');
      const seen = async (role: keyof typeof roles, settings = '') => {
        const client = await roles[role].session(settings);
        const both: number[] = [];
        for (const table of ['users', 'user_prefs']) both.push((await client.do(`SELECT FROM ${table}`)).length);
        return both;
      };
      expect(await seen('app', `SET app.tenant = 'a'`)).toEqual([40, 40]);
      expect(await seen('auditor')).toEqual([90, 90]);
      expect(await seen('owner')).toEqual([100, 100]);
      await db.run('GRANT SELECT ON user_prefs TO PUBLIC');
      const stranger = await roles.stranger.session();
      await expect(stranger.do('SELECT * FROM user_prefs')).rejects.toThrow('permission denied');
    });
  });

  it('plan asks where seeing and updating a row are not one right, and takes the answer', async () => {
    const before = tenants + `; CREATE POLICY all_read ON users FOR SELECT USING (true); ALTER ROLE $owner BYPASSRLS`;
    const operation = (more: string) =>
      `extract_json: { table: users, column: preferences, into: [{ table: user_prefs, columns: { theme: { type: text, from: theme } } }], remainder: drop${more} }`;
    await withRoles(['owner', 'app'], before, async (db, { owner }) => {
      const plan = async (more = '') => {
        const migration = await written('prefs', operation(more));
        return await planMigration(engineOn(owner.connect, migration).deps, { migration });
      };
      await expect(plan()).rejects.toMatchObject({ code: 'ROW_SECURITY_UNCLEAR', exitCode: 3 });
      expect((await plan(', row_security: source-row')).migration).toBe('prefs');
      await db.run(
        `DROP POLICY all_read ON users; CREATE POLICY theme ON users USING (preferences ->> 'theme' <> 'x')`,
      );
      await expect(plan(', row_security: source-row')).rejects.toMatchObject({ code: 'ROW_SECURITY_UNCLEAR' });
      // The same right, said once for each command, is one right.
      await db.run(`DROP POLICY theme ON users; DROP POLICY tenant ON users;
        CREATE POLICY r ON users FOR SELECT USING (tenant = 'a'); CREATE POLICY w ON users FOR UPDATE USING (tenant = 'a') WITH CHECK (tenant = 'a');
        CREATE POLICY i ON users FOR INSERT WITH CHECK (tenant = 'a'); CREATE POLICY d ON users FOR DELETE USING (tenant = 'a')`);
      expect((await plan()).migration).toBe('prefs');
    });
  });

  it('an executor that policies hold for is told to get BYPASSRLS, and never reads a shorter table', async () => {
    const migration = await extraction();
    await withRoles(['owner', 'app', 'reader'], tenants, async (db, { owner, app }) => {
      const m = migrate(owner.connect, migration);
      const plan = await planMigration(m.deps, { migration });
      expect(plan.missing).toEqual([
        {
          what: 'see every row of public.users, which has row-level security that holds for its owner too',
          grant: `ALTER ROLE "${owner.name}" BYPASSRLS;`,
        },
      ]);
      expect(plan.misfits).toBeNull();
      await expect(m.apply()).rejects.toMatchObject({ code: 'PERMISSION_MISSING' });
      await db.run(plan.missing[0]?.grant ?? '');
      await m.to('dual-write');
      // Taken away again: an error, never a write that goes missing.
      await db.run(`ALTER ROLE ${owner.name} NOBYPASSRLS`);
      const client = await app.session(`SET app.tenant = 'a'`);
      await expect(client.do(`UPDATE users SET preferences = '{}' WHERE id = 2`)).rejects.toThrow('row-level security');
      await expect(m.verify()).rejects.toMatchObject({ code: 'PERMISSION_MISSING' });
    });
  });

  it('rename_column works beside policies that do not name the column, and refuses those that do', async () => {
    const migration = await written('rename', 'rename_column: { table: users, from: seen, to: seen_at }');
    const refused = await written('tenancy', 'rename_column: { table: users, from: tenant, to: customer }');
    await withRoles(['owner', 'app'], `${tenants}; ALTER ROLE $owner BYPASSRLS`, async (db, { owner, app }) => {
      await expect(planMigration(engineOn(owner.connect, refused).deps, { migration: refused })).rejects.toMatchObject({
        code: 'NOT_SUPPORTED_YET',
      });
      const m = migrate(owner.connect, migration);
      const a = await app.session(`SET app.tenant = 'a'`);
      for (const phase of phases) {
        await m.to(phase);
        if (phase !== 'contract') await a.do('UPDATE users SET seen = 1');
        if (phases.indexOf(phase) > 1) await a.do('UPDATE users SET seen_at = 2');
        expect(await a.do(`SELECT FROM users WHERE tenant = 'b'`)).toEqual([]);
      }
      await m.back();
      expect(await db.rows(`SELECT tenant, seen FROM users GROUP BY 1, 2 ORDER BY 1`)).toEqual([
        { tenant: 'a', seen: 2 },
        { tenant: 'b', seen: null },
      ]);
    });
  });
});

it('a new table gives nobody a right that the source does not, whatever default privileges say', async () => {
  const migration = await extraction();
  const before = ownedBy(`
    CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb);
    INSERT INTO users VALUES (1, 'x', '{"theme": "dark"}');
    GRANT SELECT ON users TO $app; GRANT SELECT (id, preferences), UPDATE (preferences) ON users TO $partly; GRANT SELECT (id, email) ON users TO $mail;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO PUBLIC, $mail WITH GRANT OPTION;
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO $partly`).replace(
    'TO PUBLIC, $mail WITH GRANT OPTION',
    'TO PUBLIC, $mail',
  );
  await withRoles(['owner', 'app', 'partly', 'mail'], before, async (_db, roles) => {
    await migrate(roles.owner.connect, migration).to('dual-write');
    const may = async (role: keyof typeof roles, statement: string) => {
      const client = await roles[role].session();
      return await client.do(statement).then(
        () => true,
        () => false,
      );
    };
    expect(await may('app', 'SELECT * FROM user_prefs')).toBe(true);
    expect(await may('app', `UPDATE user_prefs SET theme = 'x'`)).toBe(false);
    expect(await may('partly', 'SELECT * FROM user_prefs')).toBe(true);
    expect(await may('partly', `UPDATE user_prefs SET theme = 'x' WHERE user_id = 1`)).toBe(true);
    expect(await may('partly', `DELETE FROM user_prefs`)).toBe(false);
    expect(await may('mail', 'SELECT user_id FROM user_prefs')).toBe(true);
    expect(await may('mail', 'SELECT theme FROM user_prefs')).toBe(false);
    expect(await may('mail', 'SELECT other FROM user_prefs')).toBe(false);
    expect(await may('mail', 'TRUNCATE user_prefs')).toBe(false);
  });
});

it('the journal gives nobody a right that it does not say, whatever default privileges say', async () => {
  const migration = await written(
    'counts',
    'extract_json: { table: users, column: preferences, into: [{ table: counts, columns: { n: { type: integer, from: n } } }], remainder: drop }',
  );
  const before = ownedBy(`
    CREATE TABLE users (id bigint PRIMARY KEY, preferences jsonb); INSERT INTO users VALUES (1, '{"n": "secret"}');
    ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO $reader, PUBLIC;
    ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO $reader; ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO $reader;
    REVOKE ALL ON users FROM $reader, PUBLIC`);
  await withRoles(['owner', 'reader'], before, async (db, roles) => {
    await migrate(roles.owner.connect, migration).to('dual-write');
    expect(await db.rows('SELECT original FROM lockkeeper.quarantine')).toEqual([{ original: 'secret' }]);
    const reader = await roles.reader.session();
    for (const statement of [
      'SELECT * FROM lockkeeper.quarantine',
      'SELECT * FROM lockkeeper.dirty',
      `INSERT INTO lockkeeper.approval (migration, plan_hash, gate) VALUES ('counts', 'x', 'x')`,
      'DELETE FROM lockkeeper.meta',
      `SELECT lockkeeper.set_reads('counts', 100)`,
    ])
      await expect(reader.do(statement)).rejects.toThrow(expect.objectContaining({ code: '42501' }));
    expect(await reader.do(`SELECT migration, lockkeeper.reads('counts', '1') FROM lockkeeper.status`)).toHaveLength(1);
  });
});

it('what default privileges give on schemas, functions and sequences opens no way to act as the executor', async () => {
  const migration = await extraction();
  const cents = await written('cents', 'change_column_type: { table: items, column: a, to: b, type: integer }');
  const before = ownedBy(`
    CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb); INSERT INTO users VALUES (1, 'x', '{"theme": "dark"}');
    CREATE TABLE items (id int PRIMARY KEY, a text);
    ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO $app; ALTER DEFAULT PRIVILEGES GRANT CREATE ON SCHEMAS TO PUBLIC;
    ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO $app, PUBLIC; ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO $app`);
  const others = `
    SELECT p.proname AS name, g.privilege_type AS may FROM pg_proc p, aclexplode(p.proacl) g
     WHERE p.pronamespace = 'lockkeeper'::regnamespace AND p.prosecdef AND g.grantee <> p.proowner AND p.proname <> ALL ('{reads,read_switch}')
     UNION ALL
    SELECT c.relname, g.privilege_type FROM pg_class c, aclexplode(c.relacl) g
     WHERE c.relnamespace = 'lockkeeper'::regnamespace AND c.relkind = 'S' AND g.grantee <> c.relowner AND g.privilege_type <> 'SELECT'`;
  await withRoles(['owner', 'app'], before, async (db, { owner, app }) => {
    const m = migrate(owner.connect, migration);
    await migrate(owner.connect, cents).to('dual-write');
    await m.to('contract');
    for (const phase of ['dual-write', 'switch'] as const) {
      await (phase === 'dual-write' ? m.back(phase) : m.to(phase));
      expect(await db.rows(others)).toEqual([]);
    }
    const client = await app.session('CREATE TEMP TABLE mine (id bigint, preferences jsonb)');
    for (const statement of [
      'CREATE FUNCTION lockkeeper.mine() RETURNS int RETURN 1',
      'CREATE TRIGGER mine AFTER UPDATE ON mine FOR EACH ROW EXECUTE FUNCTION lockkeeper.prefs_0_forward()',
      'SELECT lockkeeper.prefs_0_drain(1)',
      `SELECT setval('lockkeeper.prefs_0_old_writes', 1)`,
    ])
      await expect(client.do(statement), statement).rejects.toThrow('permission denied');
  });
});

it('where sessions begin read-only plan says what to type, nothing is written before, and reading commands go on', async () => {
  const migration = await extraction();
  await withRoles(['owner', 'app', 'reader'], users, async (db, { owner }) => {
    const m = migrate(owner.connect, migration);
    await db.run(`ALTER ROLE ${owner.name} SET default_transaction_read_only = on`);
    const { missing } = await planMigration(m.deps, { migration });
    expect(missing.map(({ grant }) => grant)).toEqual([
      expect.stringMatching(/^ALTER ROLE "owner_.*" IN DATABASE "test_.*" SET default_transaction_read_only = off;$/),
    ]);
    await expect(m.apply()).rejects.toMatchObject({ code: 'PERMISSION_MISSING' });
    await db.run(missing[0]?.grant ?? '');
    await m.to('dual-write');
    await m.approveAll();
    await db.run((missing[0]?.grant ?? '').replace('= off', '= on'));
    expect(await m.verify()).toMatchObject({ ok: true });
    expect(await status(m.deps, {})).toMatchObject({ migrations: [{ phase: 'dual-write' }] });
    const refused = { code: 'READ_ONLY', fix: expect.stringContaining(missing[0]?.grant ?? '') as unknown };
    await expect(m.apply()).rejects.toMatchObject(refused);
    await expect(m.rollback()).rejects.toMatchObject(refused);
    await expect(m.repair()).rejects.toMatchObject(refused);
    await db.run(missing[0]?.grant ?? '');
    await m.back();
  });
});
