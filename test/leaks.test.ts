import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from './support/cli.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';

// Every value of a row, and every secret, holds this word. No output, journal, plan file or error may.
const CANARY = 'canary';

interface Project {
  readonly db: TestDatabase;
  readonly cwd: string;
  /** Runs a command; all it printed, and whatever it wrote, is looked through. */
  readonly cli: (...args: string[]) => Promise<{ code: number | null; all: string }>;
  /** Everything that was printed so far. */
  readonly printed: string[];
}

async function project(before: string, operation: string, work: (p: Project) => Promise<void>): Promise<void> {
  await withDatabase(before, async (db) => {
    const cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-leaks-'));
    const printed: string[] = [];
    try {
      await mkdir(join(cwd, 'migrations'));
      await writeFile(join(cwd, 'migrations', 'move.yaml'), `version: 1\nname: move\noperations:\n  - ${operation}\n`);
      const cli = async (...args: string[]) => {
        const { code, stdout, stderr } = await runCli(args, { cwd, env: { DATABASE_URL: db.url } });
        const all = stdout + stderr;
        printed.push(all);
        expect(all, args.join(' ')).not.toContain(CANARY);
        expect(all, args.join(' ')).not.toContain(new URL(db.url).password);
        expect(all, `${args.join(' ')} shows a stack`).not.toMatch(/^\s+at .*\.[jt]s:\d+/mu);
        return { code, all };
      };
      await work({ db, cwd, cli, printed });
      await expectCleanJournal(db);
    } finally {
      await rm(cwd, { recursive: true });
    }
  });
}

/** All of the journal but what holds values and keys on purpose: the quarantine, the list of captured rows, and tables that were archived. */
async function expectCleanJournal(db: TestDatabase): Promise<void> {
  const tables = await db.rows<{ name: string }>(
    `SELECT quote_ident(relname) AS name FROM pg_class WHERE relnamespace = to_regnamespace('lockkeeper') AND relkind = 'r' AND relname NOT IN ('quarantine', 'dirty') AND relname NOT LIKE '%\\_archived\\_%'`,
  );
  for (const { name } of tables) {
    const rows = await db.rows(`SELECT to_jsonb(t)::text AS row FROM lockkeeper.${name} t`);
    expect(JSON.stringify(rows), name).not.toContain(CANARY);
  }
}

const life = async ({ cli, cwd }: Project) => {
  for (const format of ['text', 'json', 'sql', 'markdown']) await cli('plan', 'move', '--format', format);
  await cli('plan', 'move', '--out', 'plan.json');
  expect(await readFile(join(cwd, 'plan.json'), 'utf8')).not.toContain(CANARY);
  for (const phase of ['expand', 'backfill', 'dual-write', 'switch']) {
    await cli('apply', 'move', '--to', phase, '--yes');
    await cli('status', 'move');
    await cli('status', '--json');
  }
  await cli('verify', 'move');
  await cli('verify', 'move', '--repair', '--json');
  await cli('quarantine', 'list', 'move');
  await cli('quarantine', 'retry', 'move', '--json');
  await cli('quarantine', 'accept', 'move');
  for (const gate of ['old-shape-unused', 'contract-approval', 'new-code-gone']) await cli('approve', 'move', gate);
  await cli('apply', 'move', '--yes', '--json');
  await cli('archive', 'list');
  await cli('rollback', 'move', '--to', 'switch', '--yes');
  await cli('rollback', 'move', '--yes', '--json');
  await cli('inspect', 'users');
};

describe('no value of a row is shown', { timeout: 120_000 }, () => {
  it('in the life of extract_json, with values that do not fit', () =>
    project(
      `CREATE TABLE users (id text PRIMARY KEY, doc jsonb);
       INSERT INTO users SELECT 'canary-' || i, jsonb_build_object('theme', 'canary', 'n', CASE WHEN i % 3 = 0 THEN to_jsonb('canary'::text) ELSE to_jsonb(i) END, 'other', 'canary', 'd', 'canary')
         FROM generate_series(1, 60) i;
       INSERT INTO users VALUES ('canary-a', '["canary"]'), ('canary-b', '"canary"')`,
      `extract_json: { table: users, column: doc, into: [{ table: prefs, columns: { theme: { type: text, from: theme, check: "theme <> 'x'" }, n: { type: integer, from: n },
          d: { type: date, from: d }, day: { type: "varchar(3)", from: day, default: abc } } }], remainder: reject }`,
      async (p) => {
        await life(p);
        expect(p.printed.join('')).toContain('does not cast to integer');
        await p.cli('inspect', 'users.doc');
      },
    ));

  it('in the life of change_column_type, with values that do not convert', () =>
    project(
      `CREATE TYPE mood AS ENUM ('fine'); CREATE TABLE users (id text PRIMARY KEY, a text);
       INSERT INTO users SELECT 'canary-' || i, CASE WHEN i % 2 = 0 THEN 'canary' ELSE 'fine' END FROM generate_series(1, 60) i`,
      'change_column_type: { table: users, column: a, to: b, type: public.mood }',
      life,
    ));

  const failing: Record<string, { before?: string; operation?: string; then?: string; code: string }> = {
    'a unique index over values that are not unique': {
      operation: 'create_index: { table: users, columns: [doc], unique: true }',
      code: 'STEP_FAILED',
    },
    'an exception of a trigger, whatever SQLSTATE it chose': {
      then: `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          RAISE EXCEPTION 'no %', OLD.doc USING DETAIL = OLD.doc, HINT = OLD.doc, ERRCODE = 'unique_violation', CONSTRAINT = OLD.doc, COLUMN = OLD.doc, TABLE = OLD.doc; END $$;
        CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()`,
      code: 'UNEXPECTED',
    },
    'an exception of a trigger that is no failure of a value': {
      then: `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%', OLD.doc USING ERRCODE = '40P01'; END $$;
        CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()`,
      code: 'UNEXPECTED',
    },
    'a name that a trigger made of a value': {
      then: `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('SELECT %I', OLD.doc); RETURN NEW; END $$;
        CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()`,
      code: 'UNEXPECTED',
    },
    'a cast inside a trigger': {
      then: `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM OLD.doc::timestamptz; RETURN NEW; END $$;
        CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()`,
      code: 'UNEXPECTED',
    },
    'a check of the row': {
      then: `ALTER TABLE users ADD CONSTRAINT never CHECK (doc IS NULL) NOT VALID`,
      code: 'UNEXPECTED',
    },
    'an assertion': {
      then: `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ASSERT false, OLD.doc; END $$;
        CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()`,
      code: 'UNEXPECTED',
    },
    'a json error': {
      then: `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM OLD.doc::jsonb; RETURN NEW; END $$;
        CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()`,
      code: 'UNEXPECTED',
    },
    'a pattern': {
      then: `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 'x' ~ (OLD.doc || '('); PERFORM to_tsquery(OLD.doc || ' &'); RETURN NEW; END $$;
        CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()`,
      code: 'UNEXPECTED',
    },
  };
  it.each(Object.entries(failing))('in the error of %s', (_what, { operation, then = '' }) =>
    project(
      `CREATE TABLE users (id text PRIMARY KEY, doc text); INSERT INTO users SELECT 'canary-' || i, 'canary' FROM generate_series(1, 20) i`,
      operation ?? 'rename_column: { table: users, from: doc, to: fresh }',
      async ({ db, cli }) => {
        const toExpand = await cli('apply', 'move', '--to', 'expand', '--yes');
        if (operation === undefined) {
          expect(toExpand.code).toBe(0);
          // Not seen as drift: what fails is the copy itself.
          await db.run(`UPDATE lockkeeper.run SET shapes = NULL; ${then}`);
          const { code, all } = await cli('apply', 'move', '--to', 'backfill', '--yes', '--json');
          expect(code, all).toBe(1);
        } else expect(toExpand.code).toBe(1);
        await cli('status', 'move', '--json');
        await cli('status');
      },
    ),
  );
});

describe('no secret is shown', () => {
  it.each([
    { DATABASE_URL: 'postgres://someone:canary-password@127.0.0.1:1/app?application_name=canary' },
    { DATABASE_URL: 'postgres://someone:canary@[bad/host' },
    { DATABASE_URL: 'postgres://someone@127.0.0.1:1/app', PGPASSWORD: 'canary' },
    { PGHOST: '127.0.0.1', PGPORT: '1', PGDATABASE: 'app', PGPASSWORD: 'canary', PGUSER: 'someone' },
    { DATABASE_URL: 'host=127.0.0.1 port=1 password=canary dbname=app' },
    { DATABASE_URL: 'postgres://a:canary@127.0.0.1:1,127.0.0.2:1/app' },
    {
      DATABASE_URL:
        'postgres://someone:canary@127.0.0.1:1/app?sslmode=verify-full&sslrootcert=/nowhere&sslpassword=canary',
    },
    { DATABASE_URL: 'canary://someone:canary@host/app' },
  ])('of a connection that fails: %o', async (env) => {
    const cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-leaks-'));
    try {
      for (const args of [['status'], ['status', '--json'], ['inspect', 'users'], ['archive', 'list', '--json']]) {
        const { code, stdout, stderr } = await runCli(args, { cwd, env });
        expect(code).not.toBe(0);
        expect((stdout + stderr).replaceAll(/application_name=\w+/g, '')).not.toContain(CANARY);
      }
    } finally {
      await rm(cwd, { recursive: true });
    }
  });

  it('of a target in the configuration, in flags, and of a password the server refuses', () =>
    withDatabase('', async (db) => {
      const cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-leaks-'));
      try {
        const url = Object.assign(new URL(db.url), { password: 'canary' }).href;
        await writeFile(join(cwd, 'lockkeeper.yaml'), `targets:\n  prod: { url: "${url}", protected: true }\n`);
        for (const args of [
          ['status', '--target', 'prod'],
          ['status', '--target', 'nothing'],
          ['status', '--database-url', url],
          ['status', '--database-url', url, '--json'],
        ]) {
          const { stdout, stderr } = await runCli(args, { cwd, env: {} });
          expect(stdout + stderr, args.join(' ')).not.toContain(CANARY);
        }
      } finally {
        await rm(cwd, { recursive: true });
      }
    }));
});
