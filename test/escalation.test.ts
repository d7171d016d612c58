import { describe, expect, it } from 'vitest';
import { planMigration } from '../src/app/plan-migration.ts';
import { migrate } from './support/example.ts';
import { written } from './support/migration-file.ts';
import { withRoles, type Role } from './support/roles.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';

// A role that may create objects where our statements could find them must not have its code run by anybody else.

/** What a planted function does: it writes down who ran it. */
const evil = (name: string, parameters: string, returns: string, value: string, via = name) => `
  CREATE FUNCTION ${name}(${parameters}) RETURNS ${returns} LANGUAGE plpgsql AS $evil$
  BEGIN
    INSERT INTO mallory.stolen VALUES (current_user, '${via.replaceAll("'", "''")} (${parameters})');
    RETURN ${value};
  END $evil$;`;

const operator = (
  schema: string,
  name: string,
  left: string,
  right: string,
  returns: string,
  value: string,
  n: number,
) =>
  `${evil(`${schema}.op_${n}`, `a ${left}, b ${right}`, returns, value, `operator ${name}`)}
  CREATE OPERATOR ${schema}.${name} (LEFTARG = ${left}, RIGHTARG = ${right}, FUNCTION = ${schema}.op_${n});`;

/** Names that our SQL uses, for types at which PostgreSQL's own match only by coercion. */
const plant = (schema: string) =>
  [
    ...(
      [
        ['->', 'jsonb', 'jsonb', 'jsonb', 'NULL'],
        ['->>', 'jsonb', 'jsonb', 'text', 'NULL'],
        ['#>', 'jsonb', 'jsonb', 'jsonb', 'NULL'],
        ['-', 'jsonb', 'jsonb', 'jsonb', 'a'],
        ['=', 'varchar', 'varchar', 'boolean', 'a::text = b::text'],
        ['<>', 'varchar', 'varchar', 'boolean', 'a::text <> b::text'],
        ['=', 'name', 'varchar', 'boolean', 'a::text = b::text'],
        ['=', 'public.mood', 'public.mood', 'boolean', 'a::text = b::text'],
        ['=', '"char"', 'text', 'boolean', 'a::text = b'],
        ['<', 'numeric', 'integer', 'boolean', 'a < b::numeric'],
        ['*', 'numeric', 'integer', 'numeric', 'a * b::numeric'],
        ['/', 'integer', 'numeric', 'numeric', 'a::numeric / b'],
      ] as const
    ).map(([name, left, right, returns, value], n) => operator(schema, name, left, right, returns, value, n)),
    ...(
      [
        ['nextval', 'a text', 'bigint', '1'],
        ['to_jsonb', 'a text', 'jsonb', 'NULL'],
        ['to_jsonb', 'a integer', 'jsonb', 'NULL'],
        ['to_jsonb', 'a varchar', 'jsonb', 'NULL'],
        ['jsonb_build_array', 'a bigint', 'jsonb', "'[1]'"],
        ['jsonb_build_array', 'a varchar', 'jsonb', `'["1"]'`],
        ['jsonb_build_array', 'a varchar, b public.mood', 'jsonb', `'["1", "fine"]'`],
        ['jsonb_build_object', 'a text, b jsonb', 'jsonb', "'{}'"],
        ['record_image_ne', 'a anyelement, b anyelement', 'boolean', 'true'],
        ['set_config', 'a varchar, b varchar, c boolean', 'text', "''"],
        ['current_setting', 'a varchar', 'text', "'read committed'"],
        ['round', 'a integer', 'integer', 'a'],
        ['pg_input_is_valid', 'a text, b varchar', 'boolean', 'true'],
        ['format_type', 'a bigint, b integer', 'text', "''"],
        ['hashtextextended', 'a text, b integer', 'bigint', '1'],
      ] as const
    ).map(([name, parameters, returns, value]) => evil(`${schema}.${name}`, parameters, returns, value)),
    // As SRFs and aggregates, which match exactly where PostgreSQL's own are polymorphic.
    `CREATE FUNCTION ${schema}.unnest(a jsonb[]) RETURNS SETOF jsonb LANGUAGE plpgsql AS $evil$
     BEGIN INSERT INTO mallory.stolen VALUES (current_user, 'unnest'); RETURN; END $evil$;
     CREATE FUNCTION ${schema}.unnest(a text[]) RETURNS SETOF text LANGUAGE plpgsql AS $evil$
     BEGIN INSERT INTO mallory.stolen VALUES (current_user, 'unnest'); RETURN; END $evil$;`,
    evil(`${schema}.agg_step`, 'a jsonb[], b jsonb', 'jsonb[]', 'a || b', 'array_agg'),
    `CREATE AGGREGATE ${schema}.array_agg(jsonb) (SFUNC = ${schema}.agg_step, STYPE = jsonb[]);`,
  ].join('\n');

const people = ['owner', 'app', 'mallory'] as const;

/** mallory may create objects in public, where the tables are, and has a schema of their own. */
const world = (tables: string) => `
  GRANT CREATE ON DATABASE "$database" TO $owner;
  GRANT USAGE, CREATE ON SCHEMA public TO $owner, $mallory;
  CREATE SCHEMA mallory AUTHORIZATION $mallory;
  GRANT USAGE ON SCHEMA mallory TO PUBLIC;
  CREATE TYPE public.mood AS ENUM ('fine', 'bad');
  GRANT USAGE ON TYPE public.mood TO PUBLIC;
  SET ROLE $owner;
  ${tables};
  RESET ROLE;
  SET ROLE $mallory;
  CREATE TABLE mallory.stolen (who text, via text);
  GRANT ALL ON mallory.stolen TO PUBLIC;
  RESET ROLE;`;

async function attacked(
  tables: string,
  migration: string,
  work: (s: {
    db: TestDatabase;
    roles: Record<(typeof people)[number], Role>;
    m: ReturnType<typeof migrate>;
    at: (phase: string) => Promise<void>;
  }) => Promise<void>,
  plants: string = plant('public') + plant('mallory'),
): Promise<void> {
  await withRoles(people, '', async (db, roles, text) => {
    const [named] = await db.rows<{ name: string }>('SELECT current_database() AS name');
    await db.run(text(world(tables)).replaceAll('$database', named?.name ?? ''));
    await db.run(`SET ROLE ${roles.mallory.name}; ${plants}; RESET ROLE`);
    const m = migrate(roles.owner.connect, migration);
    const at = async (phase: string) => {
      expect(
        await db.rows(`SELECT DISTINCT who, via FROM mallory.stolen WHERE who <> '${roles.mallory.name}'`),
        `in ${phase} somebody ran what mallory planted`,
      ).toEqual([]);
    };
    await work({ db, roles, m, at });
  });
}

it('runs nothing that was planted beside the tables, in any phase and back: extract_json', async () => {
  const migration = await written(
    'prefs',
    `extract_json: { table: users, column: prefs, key: { code: code, mood: mood }, into: [{ table: user_prefs, columns: {
        theme: { type: text, from: theme, default: system }, size: { type: integer, from: size, check: "size between 1 and 5" },
        deep: { type: varchar(20), from: a.b } } }], remainder: { table: user_prefs, column: other } }`,
  );
  await attacked(
    `CREATE TABLE users (code varchar(10), mood mood, prefs jsonb, PRIMARY KEY (code, mood));
     INSERT INTO users SELECT 'c' || i, 'fine', '{"theme": "dark", "size": 3, "a": {"b": "x"}, "z": 1}' FROM generate_series(1, 50) i;
     INSERT INTO users VALUES ('odd', 'bad', '{"size": "many"}'), ('none', 'bad', NULL), ('arr', 'bad', '[1]');
     GRANT SELECT, INSERT, UPDATE, DELETE ON users TO $app, $mallory`,
    migration,
    async ({ roles, m, at }) => {
      for (const who of [roles.app, roles.mallory]) {
        const client = await who.session('SET search_path = mallory, public, pg_catalog, pg_temp');
        await client.do(
          'CREATE TEMP TABLE users (code varchar(10), mood public.mood, prefs jsonb); CREATE TEMP TABLE user_prefs (a int)',
        );
        await client.close();
      }
      const old = async (n: number) => {
        for (const [i, who] of [roles.app, roles.mallory].entries()) {
          const client = await who.session(
            i ? 'SET search_path = mallory, public, pg_catalog' : 'SET search_path = public',
          );
          const code = `'n${n}${i}'`;
          await client.do(`INSERT INTO public.users VALUES (${code}, 'fine', '{"theme": "light"}'::jsonb)`);
          await client.do(
            `UPDATE public.users SET prefs = '{"theme": "dark", "size": 9, "q": [1]}'::jsonb WHERE code::text = ${code}`,
          );
          await client.do(`UPDATE public.users SET mood = 'bad' WHERE code::text = ${code}`);
        }
      };
      const changed = async (n: number) => {
        const client = await roles.app.session('SET search_path = public');
        await client.do(`UPDATE public.user_prefs SET theme = 'red', size = 2 WHERE code::text = 'c${n}';
          UPDATE public.user_prefs SET deep = 'y', other = '{"k": 1}'::jsonb WHERE code::text = 'c${n + 1}';
          DELETE FROM public.user_prefs WHERE code::text = 'c${n + 2}'; DELETE FROM public.users WHERE code::text = 'c${n + 3}'`);
      };
      for (const [n, phase] of (['expand', 'backfill', 'dual-write', 'switch', 'contract'] as const).entries()) {
        await m.to(phase);
        await at(phase);
        if (phase !== 'contract') await old(n);
        if (n > 1) await changed(n * 5 + 1);
        await at(`${phase}, after writes`);
        if (n === 2 || n === 3) expect(await m.verify()).toMatchObject({ ok: true });
      }
      await m.back('switch');
      await at('contract, and back');
      await old(7);
      await changed(40);
      expect(await m.verify()).toMatchObject({ ok: true });
      await m.back();
      await at('all the way back');
    },
  );
});

it('runs nothing that was planted beside the table, in any phase and back: change_column_type', async () => {
  const migration = await written(
    'cents',
    'change_column_type: { table: items, column: price, to: cents, type: integer, up: "round(price * 100)", down: "cents / 100.0" }',
  );
  await attacked(
    `CREATE TABLE items (code varchar(10) PRIMARY KEY, price numeric, touched boolean);
     INSERT INTO items SELECT 'c' || i, i FROM generate_series(1, 50) i;
     GRANT SELECT, INSERT, UPDATE, DELETE ON items TO $app, $mallory`,
    migration,
    async ({ roles, m, at }) => {
      for (const phase of ['expand', 'backfill', 'dual-write', 'switch', 'contract'] as const) {
        await m.to(phase);
        for (const who of [roles.app, roles.mallory]) {
          const client = await who.session('SET search_path = mallory, public, pg_catalog');
          const column = phase === 'contract' ? 'cents' : 'price';
          await client.do(
            `UPDATE public.items SET ${column} = 7 WHERE code::text = 'c1'; UPDATE public.items SET touched = true WHERE code::text = 'c3'`,
          );
          await client.do(`UPDATE public.items SET cents = 700 WHERE code::text = 'c2'`);
        }
        await at(phase);
      }
      await m.back('switch');
      expect(await m.verify()).toMatchObject({ ok: true });
      await m.back();
      await at('all the way back');
    },
  );
});

describe('triggers of the application that our writes fire', () => {
  const audited = (schema: string, settings = '') => `
    CREATE SCHEMA IF NOT EXISTS ${schema}; GRANT USAGE, CREATE ON SCHEMA ${schema} TO $owner; GRANT USAGE ON SCHEMA ${schema} TO PUBLIC;
    DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO $owner', current_database()); END $$;
    CREATE SCHEMA mallory AUTHORIZATION $mallory;
    SET ROLE $owner;
    CREATE TABLE ${schema}.users (id int PRIMARY KEY, prefs jsonb);
    CREATE TABLE ${schema}.audit (who text, path text);
    CREATE FUNCTION ${schema}.normal(text) RETURNS text LANGUAGE sql AS 'SELECT lower($1)';
    CREATE FUNCTION ${schema}.note() RETURNS trigger LANGUAGE plpgsql ${settings} AS $f$ BEGIN
      INSERT INTO audit VALUES (normal('X') || current_user, current_setting('search_path')); RETURN NULL; END $f$;
    CREATE TRIGGER noting AFTER UPDATE ON ${schema}.users FOR EACH ROW EXECUTE FUNCTION ${schema}.note();
    INSERT INTO ${schema}.users VALUES (1, '{"theme": "dark"}'), (2, NULL);
    GRANT SELECT, INSERT, UPDATE, DELETE ON ${schema}.users TO $app, $mallory;
    GRANT INSERT ON ${schema}.audit TO $app, $mallory;
    RESET ROLE;`;
  const extraction = (schema: string) =>
    written(
      'prefs',
      `extract_json: { table: ${schema}.users, column: prefs, into: [{ table: ${schema}.user_prefs, columns: { theme: { type: text, from: theme } } }], remainder: drop }`,
    );

  it.each(['public', 'app'])('find their tables in %s, whatever path the client has', async (schema) => {
    const migration = await extraction(schema);
    await withRoles(people, audited(schema), async (db, { owner, mallory }) => {
      const m = migrate(owner.connect, migration);
      await m.to('dual-write');
      const client = await mallory.session(
        `CREATE TABLE mallory.audit (who text, path text); GRANT ALL ON mallory.audit TO PUBLIC;
         CREATE FUNCTION mallory.normal(text) RETURNS text LANGUAGE sql AS 'SELECT current_user::text';
         CREATE FUNCTION mallory.current_setting(text) RETURNS text LANGUAGE sql AS 'SELECT current_user::text';
         CREATE TEMP TABLE audit (who text, path text); SET search_path = mallory, pg_temp, pg_catalog`,
      );
      await client.do(`UPDATE ${schema}.user_prefs SET theme = 'light' WHERE user_id = 1`);
      const path = schema === 'public' ? 'pg_catalog, "public", pg_temp' : `pg_catalog, "${schema}", "public", pg_temp`;
      expect(await db.rows(`SELECT * FROM ${schema}.audit`)).toEqual([{ who: `x${owner.name}`, path }]);
      expect(await client.do('SELECT * FROM mallory.audit UNION ALL SELECT * FROM pg_temp.audit')).toEqual([]);
      expect(await m.verify()).toMatchObject({ ok: true });
      await m.to('contract');
      await m.back();
    });
  });

  it('find their tables at commit too, when they are deferred', async () => {
    const rename = await written('renamed', 'rename_column: { table: users, from: name, to: full_name }');
    const move = await extraction('public');
    const deferred = `CREATE TABLE log (n int);
      CREATE TABLE users (id int PRIMARY KEY, name text, prefs jsonb); INSERT INTO users SELECT i, 'x', '{"theme": "dark"}' FROM generate_series(1, 50) i;
      CREATE FUNCTION logged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER logs AFTER INSERT OR UPDATE ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION logged();`;
    await withDatabase(deferred, async (db) => {
      const [moved, renamed] = [migrate(db.connect, move), migrate(db.connect, rename)];
      await moved.to('expand');
      await db.run(`UPDATE users SET prefs = '{"theme": "captured"}' WHERE id < 10`);
      await db.run(
        `UPDATE lockkeeper.run SET shapes = NULL; CREATE CONSTRAINT TRIGGER logs AFTER INSERT OR UPDATE ON user_prefs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION logged()`,
      );
      await moved.to('contract');
      await db.run(`UPDATE user_prefs SET theme = 'light'`);
      await moved.back();
      await renamed.to('contract');
      await db.run(`UPDATE users SET full_name = 'y'`);
      await renamed.back();
      expect(await db.rows(`SELECT DISTINCT name, prefs ->> 'theme' AS theme FROM users`)).toEqual([
        { name: 'y', theme: 'light' },
      ]);
    });
  });

  it('stop the plan when others may create objects where they would look, until that right is taken away', async () => {
    const migration = await extraction('app');
    await withRoles(people, audited('app'), async (db, { owner, mallory }) => {
      const m = migrate(owner.connect, migration);
      const plan = () => planMigration(m.deps, { migration });
      for (const [grantee, grant] of [
        [`"${mallory.name}"`, `GRANT CREATE ON SCHEMA app TO ${mallory.name}`],
        ['PUBLIC', 'GRANT CREATE ON SCHEMA app TO PUBLIC'],
      ] as const) {
        await db.run(grant);
        const refused = (await plan().catch((error: unknown) => error)) as {
          code: string;
          exitCode: number;
          fix: string;
        };
        expect(refused).toMatchObject({ code: 'SCHEMA_UNSAFE', exitCode: 3 });
        const [revoke = ''] = /REVOKE [^;]*;/.exec(refused.fix) ?? [];
        expect(revoke).toBe(`REVOKE CREATE ON SCHEMA "app" FROM ${grantee};`);
        await expect(m.apply()).rejects.toMatchObject({ code: 'SCHEMA_UNSAFE' });
        await db.run(revoke);
        expect((await plan()).migration).toBe('prefs');
      }
    });
  });

  it('with a search_path of their own need no other', async () => {
    const migration = await extraction('app');
    await withRoles(people, audited('app', 'SET search_path = app, pg_temp'), async (db, { owner, app }) => {
      await db.run('GRANT CREATE ON SCHEMA app TO PUBLIC');
      const m = migrate(owner.connect, migration);
      const { notes } = await planMigration(m.deps, { migration });
      expect(notes.join('\n')).toContain('Every role may create objects in the schema app');
      await m.to('dual-write');
      const client = await app.session();
      await expect(client.do('SELECT FROM app.user_prefs')).resolves.toHaveLength(2);
      await client.do(`UPDATE app.user_prefs SET theme = 'light' WHERE user_id = 1`);
      expect(await db.rows('SELECT path FROM app.audit')).toEqual([{ path: 'app, pg_temp' }]);
      await m.back();
    });
  });

  it('that others may put there are named in the plan', async () => {
    const migration = await extraction('app');
    await withRoles(people, audited('app'), async (db, { owner, mallory }) => {
      await db.run(`GRANT TRIGGER ON app.users TO ${mallory.name}`);
      const { notes } = await planMigration(migrate(owner.connect, migration).deps, { migration });
      expect(notes.join('\n')).toContain(`Who may put a trigger there: ${mallory.name}.`);
      const bySuperuser = await planMigration(migrate(db.connect, migration).deps, { migration });
      expect(bySuperuser.notes.join('\n')).toContain(`Who may put a trigger there: ${owner.name}, ${mallory.name}.`);
    });
  });
});

it('nobody but the owner of the journal can call what works there', () =>
  withRoles(people, '', async (db, { mallory }) => {
    const file = await written('rename', 'rename_column: { table: items, from: a, to: b }');
    await db.run('CREATE TABLE items (id int PRIMARY KEY, a text); GRANT ALL ON items TO PUBLIC');
    await migrate(db.connect, file).to('dual-write');
    const client = await mallory.session();
    const functions = await db.rows<{ call: string; name: string }>(
      `SELECT p.proname AS name, format('SELECT lockkeeper.%I(%s)', p.proname, (SELECT string_agg(format('NULL::%s', t::regtype), ', ') FROM unnest(p.proargtypes) t)) AS call
         FROM pg_proc p WHERE pronamespace = 'lockkeeper'::regnamespace AND prorettype <> 'trigger'::regtype`,
    );
    const callable: string[] = [];
    for (const { name, call } of functions)
      await client.do(call).then(
        () => callable.push(name),
        () => undefined,
      );
    expect(callable.sort()).toEqual(['as_jsonb', 'bucket', 'input_is_valid', 'read_switch', 'reads']); // they read and compute
    for (const statement of [
      'CREATE TABLE lockkeeper.mine ()',
      'INSERT INTO lockkeeper.dirty (migration, mapping) VALUES (1, 1)',
      'SELECT plan FROM lockkeeper.run',
      'SELECT original FROM lockkeeper.quarantine',
      'UPDATE lockkeeper.meta SET version = 99',
      `INSERT INTO lockkeeper.reads VALUES ('x', 5)`,
    ])
      await expect(client.do(statement), statement).rejects.toThrow('permission denied');
  }));
